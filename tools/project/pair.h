/*-------------------------------------------------------------------------
 *
 * project/pair.h
 *		Two new files, or none
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_PAIR_H
#define PROJECT_PAIR_H

typedef struct NewFile
{
	const char *path;
	const char *text;
} NewFile;

/* Write two files that must not exist yet.  Returns false after a message. */
extern bool project_pair_write(const NewFile *first, const NewFile *second);

#endif							/* PROJECT_PAIR_H */
