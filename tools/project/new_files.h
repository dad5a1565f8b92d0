/*-------------------------------------------------------------------------
 *
 * project/new_files.h
 *		New files, all of them or none
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_NEW_FILES_H
#define PROJECT_NEW_FILES_H

typedef struct NewFile
{
	char	   *path;
	char	   *text;
} NewFile;

/*
 * Write files that must not exist yet.  Returns false after a message, and
 * then none of them is there.
 */
extern bool project_new_files_write(const NewFile *files, int count);

#endif							/* PROJECT_NEW_FILES_H */
