/*-------------------------------------------------------------------------
 *
 * base/json.h
 *		JSON on standard output
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

/*
 * Print a string.  JSON is in UTF-8: bytes that are not become replacement
 * characters.
 */
extern void json_print_string(const char *text);

/* Print the key of a value that is not the first of its object. */
extern void json_print_key(const char *key);

/* Print such a key with a string, or null. */
extern void json_print_member(const char *key, const char *value);

/* The same with a number. */
extern void json_print_number(const char *key, int64 value);

/* Print such a key with an array of strings. */
extern void json_print_array(const char *key, char *const *values, int count);

#endif							/* BASE_JSON_H */
