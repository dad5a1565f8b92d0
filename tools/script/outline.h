/*-------------------------------------------------------------------------
 *
 * script/outline.h
 *		The transactions and statements of a script
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_OUTLINE_H
#define SCRIPT_OUTLINE_H

#include "base/problem.h"
#include "fe_utils/simple_list.h"
#include "patch/file.h"
#include "script/directive.h"
#include "script/query.h"

/*
 * How a script is to be run.  What \i and \ir include counts, as far as the
 * names of the files are written out.  Problems about the script itself have
 * no path.
 */
typedef struct ScriptOutline
{
	PatchFile  *file;			/* what the script itself registers; NULL
								 * after somebody has taken it */

	/* What it sends to the server, in this order, and what else counts */
	ScriptStatement *statements;

	/* Without psql, these are sent to the server, one after the other */
	OutlineQuery *queries;
	int			statement_count;
	int			query_count;

	/* What its comments say; never NULL */
	const ScriptDirectives *directives;

	/* What would not be undone with its transaction, such as \! */
	const char *outer_what;		/* the first such thing, */
	const char *outer_path;		/* its file, */
	int			outer_line;		/* and line; or 0 */

	int			describe_line;	/* that of the first \d or its like, or 0 */
	const char *describe_path;	/* its file */

	ProblemList problems;		/* what cannot be, or is not known */
	SimpleStringList includes;	/* the paths of what \i and \ir name */
	ProblemList missing;		/* which of these are not to be had */
	SimpleStringList copied;	/* the paths of what \copy reads */
	bool		includes_itself;

	bool		needs_psql;
	int			psql_line;		/* the first line that does, or 0 */
	bool		has_transaction;	/* BEGIN in any case, or AUTOCOMMIT off */
	bool		is_wrapped;		/* so we put a transaction around it, */
	bool		ends_wrapping;	/* which it commits or rolls back itself */
	bool		may_end_wrapping;	/* or maybe */
	bool		reconnects;		/* \connect */
	bool		marks_session;	/* in a way that DISCARD ALL does not undo */

	/* Is all that it does in one transaction, ours or its own, so that
	 * nothing is kept if it fails? */
	bool		is_atomic;
	int			outside_line;	/* if not: the first line outside */
	int			unseen_line;	/* the first line of which only psql knows
								 * what it runs, maybe a COMMIT; or 0 */
} ScriptOutline;

/*
 * Read the script of that path, which must outlive the outline.  Its bytes are
 * these; if they are NULL, the file is read.  If statements are wanted, it has
 * these, which take much room; else it has queries, which are in the bytes, if
 * there are some.  What is wrong with the script is among the problems.
 */
extern ScriptOutline *script_outline_read(const char *path,
										  const FileBytes *bytes,
										  bool wants_statements);

/* Does a comment disable that kind of problems, in whatever file? */
extern bool script_outline_disables(const ScriptOutline *outline,
									ProblemKind kind);

/*
 * Is the script run in one transaction, with nothing outside, so that nothing
 * of it is kept if it fails?
 */
extern bool script_outline_is_whole(const ScriptOutline *outline);

/* Free an outline and all that it holds. */
extern void script_outline_free(ScriptOutline *outline);

#endif							/* SCRIPT_OUTLINE_H */
