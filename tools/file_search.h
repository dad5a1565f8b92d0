/*-------------------------------------------------------------------------
 *
 * file_search.h
 *		The scripts in a directory
 *
 *-------------------------------------------------------------------------
 */
#ifndef FILE_SEARCH_H
#define FILE_SEARCH_H

#include "fe_utils/simple_list.h"

extern char *file_search(const char *place, SimpleStringList *paths);

#endif							/* FILE_SEARCH_H */
