/*-------------------------------------------------------------------------
 *
 * base/nameless_file.h
 *		A file without a name, for a program that we start
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_NAMELESS_FILE_H
#define BASE_NAMELESS_FILE_H

extern int	nameless_file_create(const char *text);

#endif							/* BASE_NAMELESS_FILE_H */
