/*-------------------------------------------------------------------------
 *
 * script/directive.h
 *		What a comment line tells us to do with its script
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_DIRECTIVE_H
#define SCRIPT_DIRECTIVE_H

#include "base/problem.h"
#include "fe_utils/simple_list.h"
#include "script/statement.h"

/* A limit that a script sets */
typedef struct DirectiveLimit
{
	const char *path;			/* of the comment, and its line, */
	int			line;			/* or 0: there is none */
	int64		milliseconds;
} DirectiveLimit;

/* What a script says; a zeroed one is empty and ready to be used. */
typedef struct ScriptDirectives
{
	bool		no_transaction;
	DirectiveLimit lock_timeout;
	DirectiveLimit retry_for;
	SimpleStringList disabled;	/* names of findings, */
	SimpleStringList disabled_in;	/* and the file of each that says so */
} ScriptDirectives;

/*
 * Read a comment that is a line of its own, in the file of that path, and add
 * to the directives what it says, or to the problems, which have the path of
 * the place.
 */
extern void script_directive_read(const ScriptPlace *place, const char *path,
								  const char *text, size_t length,
								  ScriptDirectives *directives,
								  ProblemList *problems);

/*
 * Complain of a comment that is no line of its own, if it would be a directive
 * else.
 */
extern void script_directive_refuse(const ScriptPlace *place,
									const char *text, size_t length,
									ProblemList *problems);

/*
 * The directives to be kept, which are the caller's no more, and to be freed:
 * as most scripts say nothing, these share what is returned.
 */
extern const ScriptDirectives *script_directive_keep(ScriptDirectives *said);

/* Free what was kept. */
extern void script_directive_free(const ScriptDirectives *kept);

#endif							/* SCRIPT_DIRECTIVE_H */
