/*-------------------------------------------------------------------------
 *
 * patch/type.h
 *		The names of PostgreSQL's string types
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_TYPE_H
#define PATCH_TYPE_H

#include "psql/script.h"

typedef struct SqlType
{
	bool		is_array;
	bool		has_brackets;	/* it is spelled as one, as in text[] */
	bool		is_single;		/* char without a length */
	bool		is_padded;		/* blanks at the end mean nothing */
	bool		counts_bytes;	/* the limit is one of bytes */
	size_t		limit;			/* a longer string is cut; 0: none */
} SqlType;

/*
 * Read the name of a type of strings or arrays of strings, and pass it.
 * Returns false, at the token that does not fit, if it is another.
 */
extern bool patch_type_read(PsqlScript *script, SqlToken *token,
							SqlType *type);

/* Make of "text" in place what a cast to the type makes of it. */
extern void patch_type_coerce(const SqlType *type, char *text);

#endif							/* PATCH_TYPE_H */
