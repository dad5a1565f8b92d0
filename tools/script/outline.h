/*-------------------------------------------------------------------------
 *
 * script/outline.h
 *		The transactions and statements of a script
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_OUTLINE_H
#define SCRIPT_OUTLINE_H

#include "base/file_bytes.h"
#include "base/problem.h"
#include "fe_utils/simple_list.h"
#include "patch/file.h"
#include "script/directive.h"
#include "script/statement.h"

/* A query of a script that can be run without psql */
typedef struct OutlineQuery
{
	uint32		start;			/* in the script's bytes */
	uint32		length;			/* with its semicolon */
	int			line;			/* in messages about it */
	uint8		kind;			/* a StatementKind */
	bool		chains;			/* COMMIT AND CHAIN */
	bool		may_warn;		/* the parser may, before it is executed */
	bool		is_patient;		/* waits for locks and is in nobody's way */
} OutlineQuery;

/*
 * How a script is to be run.  What \i and \ir include counts, as far as the
 * names of the files are written out.  Problems about the script itself have
 * no path.
 */
typedef struct ScriptOutline
{
	PatchFile  *file;			/* what the script itself registers */

	/* What it sends to the server, in this order, and what else counts */
	ScriptStatement *statements;
	int			statement_count;

	bool		has_transaction;	/* BEGIN in any case, or AUTOCOMMIT off */
	bool		no_transaction; /* -- versioning: no-transaction */
	bool		is_wrapped;		/* so we put a transaction around it, */
	bool		ends_wrapping;	/* which it commits or rolls back itself */
	bool		may_end_wrapping;	/* or maybe */
	bool		reconnects;		/* \connect */
	bool		marks_session;	/* in a way that DISCARD ALL does not undo */
	const char *describe_path;	/* of the file of the first \d or its like, */
	int			describe_line;	/* its line there; or NULL and 0 */

	/* Without psql, these are sent to the server, one after the other */
	bool		needs_psql;
	OutlineQuery *queries;
	int			query_count;

	/* Is all that it does in one transaction, ours or its own, so that
	 * nothing is kept if it fails? */
	bool		is_atomic;
	int			outside_line;	/* if not: the first line outside */

	DirectiveLimit lock_timeout;	/* -- versioning: lock-timeout TIME */
	DirectiveLimit retry_for;	/* -- versioning: retry-for TIME */

	/* What would not be undone with its transaction, such as \! */
	const char *outer_what;		/* the first such thing, */
	const char *outer_path;		/* its file, */
	int			outer_line;		/* and line; or 0 */

	SimpleStringList disabled;	/* -- versioning: disable NAME, ... */
	SimpleStringList disabled_in;	/* the path of the file of each of them */
	ProblemList problems;	/* what cannot be, or is not known */
	SimpleStringList includes;	/* the paths of what \i and \ir name */
	ProblemList missing;		/* which of these are not to be had */
	bool		includes_itself;
} ScriptOutline;

/*
 * Read the script of that path, which must outlive the outline.  Its bytes are
 * these, which the queries are in; if they are NULL, the file is read, and the
 * outline has no queries.  What is wrong with it is among the problems.
 */
extern ScriptOutline *script_outline_read(const char *path,
										  const FileBytes *bytes);

/*
 * Is the script run in one transaction, with nothing outside, so that nothing
 * of it is kept if it fails?
 */
extern bool script_outline_is_whole(const ScriptOutline *outline);

/* Free an outline and all that it holds. */
extern void script_outline_free(ScriptOutline *outline);

#endif							/* SCRIPT_OUTLINE_H */
