/*-------------------------------------------------------------------------
 *
 * script_outline.h
 *		The transactions and statements of a script
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_OUTLINE_H
#define SCRIPT_OUTLINE_H

#include "complaint.h"
#include "fe_utils/simple_list.h"

/*
 * How a script is to be run.  What \i and \ir include counts, as far as the
 * names of the files are written out.  Complaints about the script itself have
 * no path.
 */
typedef struct ScriptOutline
{
	bool		has_transaction;	/* BEGIN, COMMIT, ... of its own */
	bool		no_transaction; /* -- versioning: no-transaction */
	bool		changes_session;	/* \connect, \setenv: cannot be put back */
	bool		has_no_command; /* no meta-command of psql, for certain */

	/*
	 * Is all that it does in one transaction, so that nothing is kept if it
	 * fails?  With has_transaction only; else our own makes it so.
	 */
	bool		is_atomic;
	int			outside_line;	/* if not: the first statement outside */

	SimpleStringList disabled;	/* -- versioning: disable NAME, ... */
	ComplaintList complaints;	/* what cannot be, or is not known */
	int			directive_complaints;	/* the first are about directives */
	SimpleStringList includes;	/* the paths of what \i and \ir name */
} ScriptOutline;

extern ScriptOutline *script_outline_read(const char *path);
extern void script_outline_free(ScriptOutline *outline);

#endif							/* SCRIPT_OUTLINE_H */
