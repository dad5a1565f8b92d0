/*-------------------------------------------------------------------------
 *
 * project/search.h
 *		The scripts in a directory
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_SEARCH_H
#define PROJECT_SEARCH_H

#include "base/problem.h"
#include "fe_utils/simple_list.h"

/*
 * Append the paths of the scripts that a place means: all *.sql files in and
 * below a directory, or the one file.  What cannot be searched is complained
 * of, and the rest is searched all the same.
 */
extern void project_search(const char *place, SimpleStringList *paths,
						   ProblemList *problems);

/*
 * What a script is called: the last part of its path, without what the names
 * of scripts end with.  The caller frees it.
 */
extern char *project_search_stem(const char *path);

#endif							/* PROJECT_SEARCH_H */
