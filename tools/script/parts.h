/*-------------------------------------------------------------------------
 *
 * script/parts.h
 *		The parts of a script that can be kept without the rest
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_PARTS_H
#define SCRIPT_PARTS_H

#include "script/outline.h"

/* Is it to be noted that a part of that kind runs, before it does? */
#define PART_IS_UNSURE(kind) ((kind) >= PART_IS_WHOLE)

/* A transaction block, or a query outside one */
typedef struct ScriptPart
{
	int			first;			/* of the queries of the outline */
	int			count;			/* of them */
	int			line;			/* at which it begins */
	int			end_line;		/* at which it ends */
	ScriptPartKind kind;
	bool		is_committed;	/* by its last query */
	bool		is_left_open;	/* the script ends before the block does */
} ScriptPart;

typedef struct ScriptParts
{
	ScriptPart *items;
	int			count;
} ScriptParts;

/*
 * Cut a script, whose bytes these are, of which the outline has the queries.
 * The caller frees the items.
 */
extern ScriptParts script_parts_cut(const ScriptOutline *outline,
									const FileBytes *bytes);

/* Does a query that is done leave a setting to its session? */
extern bool script_parts_sets(const OutlineQuery *query,
							  const FileBytes *bytes);

/*
 * Does a part leave something to its session that cannot be made again: a
 * temporary object, as far as its words say so, a cursor, or what set_config()
 * does among other things?
 */
extern bool script_parts_is_temporary(const ScriptOutline *outline,
									  const FileBytes *bytes,
									  const ScriptPart *part);

#endif							/* SCRIPT_PARTS_H */
