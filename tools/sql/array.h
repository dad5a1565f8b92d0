/*-------------------------------------------------------------------------
 *
 * sql/array.h
 *		The text form of a PostgreSQL array of text
 *
 *-------------------------------------------------------------------------
 */
#ifndef SQL_ARRAY_H
#define SQL_ARRAY_H

#include "fe_utils/simple_list.h"

extern const char *sql_array_read(const char *literal,
								  SimpleStringList *elements,
								  int *nulls);

#endif							/* SQL_ARRAY_H */
