/*-------------------------------------------------------------------------
 *
 * base/file_bytes.h
 *		The bytes of a file, read once
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_FILE_BYTES_H
#define BASE_FILE_BYTES_H

/* The text ends with a NUL after its length. */
typedef struct FileBytes
{
	char	   *text;
	size_t		length;
} FileBytes;

/*
 * Read all of an open file that is to be kept.  Returns false if it cannot be
 * read, with errno set, or is not fit to be kept, with errno 0: it is large,
 * or has a NUL in it.  Then the file is at its beginning again.
 */
extern bool file_bytes_read(FileBytes *bytes, int fd);

/* Free what it holds; a zeroed one holds nothing. */
extern void file_bytes_free(FileBytes *bytes);

#endif							/* BASE_FILE_BYTES_H */
