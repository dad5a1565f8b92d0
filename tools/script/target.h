/*-------------------------------------------------------------------------
 *
 * script/target.h
 *		What a statement with CONCURRENTLY is about
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_TARGET_H
#define SCRIPT_TARGET_H

#include "pqexpbuffer.h"
#include "script/parts.h"

/* What a statement with CONCURRENTLY is about; texts are SQL, or empty */
typedef struct ScriptTarget
{
	PQExpBufferData relation;	/* the table, or the index of DROP, REINDEX */
	size_t		last;			/* where its name without the schema begins */
	PQExpBufferData name;		/* of the index that is created, not quoted */
	PQExpBufferData partition;	/* that is detached */
	bool		is_unique;
	bool		if_not_exists;
	const char *rest;			/* of CREATE INDEX, after the table */
	size_t		rest_length;
} ScriptTarget;

/*
 * Know what a part is about, if it is one that says CONCURRENTLY; else all
 * texts are empty.  "rest" is in those bytes.  The caller frees the target.
 */
extern void script_target_read(const ScriptOutline *outline,
							   const FileBytes *bytes,
							   const ScriptPart *part, ScriptTarget *target);

/* Free what the target holds. */
extern void script_target_free(ScriptTarget *target);

#endif							/* SCRIPT_TARGET_H */
