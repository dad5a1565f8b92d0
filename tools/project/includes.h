/*-------------------------------------------------------------------------
 *
 * project/includes.h
 *		Which files are there for others to include them
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_INCLUDES_H
#define PROJECT_INCLUDES_H

#include "base/name_table.h"
#include "script/outline.h"

/*
 * Remember which files a script includes, unless they include each other: none
 * of these is a part of another.
 */
extern void project_includes_note(NameTable *included,
								  const ScriptOutline *outline);

/* Is the file one of those, however it was called there? */
extern bool project_includes_has(NameTable *included, const char *path);

#endif							/* PROJECT_INCLUDES_H */
