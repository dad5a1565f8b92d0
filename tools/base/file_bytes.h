/*-------------------------------------------------------------------------
 *
 * base/file_bytes.h
 *		The bytes of a file, read once
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_FILE_BYTES_H
#define BASE_FILE_BYTES_H

typedef struct FileBytes
{
	char	   *text;			/* not terminated, and not to be changed */
	size_t		length;
	bool		is_mapped;		/* it is the file itself, which may change */
} FileBytes;

/*
 * Have all the bytes of an open file, from where it is.  Returns false with
 * errno set if it cannot be read.  Free it with file_bytes_free in any case.
 */
extern bool file_bytes_read(FileBytes *bytes, int fd);

/* The same for the file of that path. */
extern bool file_bytes_open(FileBytes *bytes, const char *path);

/* Free what it holds; a zeroed one holds nothing. */
extern void file_bytes_free(FileBytes *bytes);

#endif							/* BASE_FILE_BYTES_H */
