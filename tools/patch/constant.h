/*-------------------------------------------------------------------------
 *
 * patch/constant.h
 *		Plain constants: text, arrays of text, NULL
 *
 *-------------------------------------------------------------------------
 */
#ifndef PATCH_CONSTANT_H
#define PATCH_CONSTANT_H

#include "fe_utils/simple_list.h"
#include "psql/script.h"

typedef enum PatchConstantKind
{
	CONSTANT_NULL,
	CONSTANT_UNTYPED,			/* a string that may yet be an array */
	CONSTANT_TEXT,
	CONSTANT_ARRAY
} PatchConstantKind;

typedef struct PatchConstant
{
	bool		is_understood;	/* else the rest means nothing */
	PatchConstantKind kind;
	bool		lacks_type;		/* ARRAY[], which PostgreSQL refuses */
	char	   *text;
	SimpleStringList elements;
	int			nulls;			/* elements that are NULL and not listed */
} PatchConstant;

/*
 * Read the current constant; afterwards, what follows it is, a comma or a
 * parenthesis if all is well.  Returns NULL if all of it is understood, else
 * what was found instead, which the caller frees.  It may still be a
 * constant then, an array of which some elements are left out.  Free it with
 * patch_constant_free in any case.
 */
extern char *patch_constant_read(PsqlScript *script, PatchConstant *constant);

/* Turn a string into the array that it is the text form of, or say why not. */
extern const char *patch_constant_to_array(PatchConstant *constant);

/* Free what a constant holds. */
extern void patch_constant_free(PatchConstant *constant);

#endif							/* PATCH_CONSTANT_H */
