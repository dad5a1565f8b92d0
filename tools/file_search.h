/*-------------------------------------------------------------------------
 *
 * file_search.h
 *		The scripts in a directory
 *
 *-------------------------------------------------------------------------
 */
#ifndef FILE_SEARCH_H
#define FILE_SEARCH_H

#include "complaint.h"
#include "fe_utils/simple_list.h"

extern void file_search(const char *place, SimpleStringList *paths,
						ComplaintList *complaints);

#endif							/* FILE_SEARCH_H */
