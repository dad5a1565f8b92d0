/*-------------------------------------------------------------------------
 *
 * project.h
 *		The patch files and rollback files of a project
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_H
#define PROJECT_H

#include "complaint.h"
#include "fe_utils/simple_list.h"
#include "name_table.h"
#include "patch_file.h"
#include "source_mark.h"

/* No file has it */
#define PROJECT_NONE (-1)

typedef struct ProjectFile
{
	char	   *path;
	PatchFile  *file;
	SourceDigest *digest;		/* NULL: not wanted, or it cannot be had */
} ProjectFile;

/* A name that a file registers, or takes back */
typedef struct ProjectName
{
	const PatchCall *patch;		/* the call that registers it, or NULL */
	int			patch_file;		/* the number of its file */
	const PatchCall *rollback;	/* the call that takes it back, or NULL */
	int			rollback_file;
} ProjectName;

typedef struct Project
{
	bool		with_digests;	/* of patches */
	ProjectFile *patches;		/* files that register something */
	int			patch_count;
	ProjectFile *rollbacks;		/* files that only take back */
	int			rollback_count;
	ProjectFile *others;		/* files that do neither */
	int			other_count;

	NameTable  *table;			/* numbers of the names */
	ProjectName *names;			/* by these numbers */
	int			name_count;

	/* not understood, could not be read, two files for one name */
	ComplaintList complaints;
} Project;

extern Project *project_read(const SimpleStringList *patches,
							 const SimpleStringList *rollbacks,
							 bool with_digests);
extern int	project_find(const Project *project, const char *name);
extern bool project_has_errors(const Project *project);
extern void project_free(Project *project);

#endif							/* PROJECT_H */
