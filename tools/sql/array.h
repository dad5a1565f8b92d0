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

/*
 * Read a literal: append its elements to the list, count the NULL ones, which
 * are not appended.  Returns NULL if all is well, else what is wrong.
 */
extern const char *sql_array_read(const char *literal,
								  SimpleStringList *elements,
								  int *nulls);

#endif							/* SQL_ARRAY_H */
