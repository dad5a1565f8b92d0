/*-------------------------------------------------------------------------
 *
 * array_literal.h
 *		The text form of a PostgreSQL array of text
 *
 *-------------------------------------------------------------------------
 */
#ifndef ARRAY_LITERAL_H
#define ARRAY_LITERAL_H

#include "fe_utils/simple_list.h"

extern const char *array_literal_read(const char *literal,
									  SimpleStringList *elements,
									  int *nulls);

#endif							/* ARRAY_LITERAL_H */
