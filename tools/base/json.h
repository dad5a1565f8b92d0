/*-------------------------------------------------------------------------
 *
 * base/json.h
 *		JSON on standard output
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "fe_utils/simple_list.h"

/*
 * Print a string.  JSON is in UTF-8: bytes that are not become replacement
 * characters.
 */
extern void json_print_string(const char *text);

/* Begin an object with a member, a string or null.  Its end is a "}". */
extern void json_begin_object(const char *key, const char *value);

/* Print the key of a value that is not the first of its object. */
extern void json_print_key(const char *key);

/* Print such a key with a string, or null. */
extern void json_print_member(const char *key, const char *value);

/* The same with a text that is empty for null. */
extern void json_print_text(const char *key, const char *text);

/* The same with true or false. */
extern void json_print_boolean(const char *key, bool value);

/* The same with a number. */
extern void json_print_number(const char *key, int64 value);

/* Print such a key with an array of strings. */
extern void json_print_array(const char *key, char *const *values, int count);
extern void json_print_list(const char *key, const SimpleStringList *list);

#endif							/* BASE_JSON_H */
