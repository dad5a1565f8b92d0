/*-------------------------------------------------------------------------
 *
 * script/query.h
 *		The queries of a script that can be sent without psql
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_QUERY_H
#define SCRIPT_QUERY_H

#include "base/file_bytes.h"
#include "script/statement.h"

/* One of them */
typedef struct OutlineQuery
{
	uint32		start;			/* in the script's bytes */
	uint32		length;			/* with its semicolon */
	int			line;			/* in messages about it */
	uint8		kind;			/* a StatementKind */
	bool		chains;			/* COMMIT AND CHAIN */
	bool		registers;		/* a patch, by a call that is understood */
	bool		may_warn;		/* the parser may, before it is executed */
	bool		is_patient;		/* waits for locks and is in nobody's way */
} OutlineQuery;

/*
 * Know a query, which is a statement, from where the one before it ends up to
 * its own end.  "has_worked" is false at first, and then whether a statement
 * of the transaction has done anything but register a patch or take it back.
 * The line is for the caller to set.
 */
extern void script_query_read(const FileBytes *bytes, const char *start,
							  const char *end,
							  const ScriptStatement *statement,
							  bool *has_worked, OutlineQuery *query);

/*
 * The line in which a script says, maybe in a string or a function, what
 * changes how it is to be read, or what shows the queries themselves; or 0.
 * That is for psql.
 */
extern int	script_query_odd_line(const FileBytes *bytes);

/* The line of a word, in small letters, in a text, maybe in larger; or 0. */
extern int	script_query_mention(const char *text, size_t length,
								 const char *word);

#endif							/* SCRIPT_QUERY_H */
