/*-------------------------------------------------------------------------
 *
 * file_pair.h
 *		Two new files, or none
 *
 *-------------------------------------------------------------------------
 */
#ifndef FILE_PAIR_H
#define FILE_PAIR_H

typedef struct NewFile
{
	const char *path;
	const char *text;
} NewFile;

extern bool file_pair_write(const NewFile *first, const NewFile *second);

#endif							/* FILE_PAIR_H */
