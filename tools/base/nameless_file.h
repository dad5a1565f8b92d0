/*-------------------------------------------------------------------------
 *
 * base/nameless_file.h
 *		A file without a name, for a program that we start
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_NAMELESS_FILE_H
#define BASE_NAMELESS_FILE_H

/*
 * Make a file with that text, in the directory that TMPDIR names or /tmp, to
 * be read from its beginning.  Returns its descriptor, which programs that we
 * start inherit, or -1 after a message.
 */
extern int	nameless_file_create(const char *text);

#endif							/* BASE_NAMELESS_FILE_H */
