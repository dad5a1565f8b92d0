/*-------------------------------------------------------------------------
 *
 * project/search.h
 *		The scripts in a directory
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_SEARCH_H
#define PROJECT_SEARCH_H

#include "base/complaint.h"
#include "fe_utils/simple_list.h"

extern void project_search(const char *place, SimpleStringList *paths,
						   ComplaintList *complaints);

#endif							/* PROJECT_SEARCH_H */
