/*-------------------------------------------------------------------------
 *
 * nameless_file.h
 *		A file without a name, for a program that we start
 *
 *-------------------------------------------------------------------------
 */
#ifndef NAMELESS_FILE_H
#define NAMELESS_FILE_H

extern int	nameless_file_create(const char *text);

#endif							/* NAMELESS_FILE_H */
