/*-------------------------------------------------------------------------
 *
 * project/project.h
 *		The patch files and rollback files of a project
 *
 *-------------------------------------------------------------------------
 */
#ifndef PROJECT_H
#define PROJECT_H

#include "base/file_bytes.h"
#include "base/name_table.h"
#include "base/problem.h"
#include "fe_utils/simple_list.h"
#include "project/source.h"
#include "script/outline.h"

/* No file has it */
#define PROJECT_NONE (-1)

/* What is wanted of the files, beside what they register */
typedef enum ProjectWish
{
	PROJECT_CALLS,				/* no more than that */
	PROJECT_DIGESTS,			/* the digests of patches */
	PROJECT_OUTLINES,			/* the digests and the outlines */
	PROJECT_BYTES				/* the digests and the bytes, to be run */
} ProjectWish;

/* Where a file was found */
typedef enum ProjectPlace
{
	PLACE_OF_PATCHES,
	PLACE_OF_ROLLBACKS,
	PLACE_OF_VERIFICATIONS
} ProjectPlace;

typedef struct ProjectFile
{
	ProjectPlace place;
	bool		is_included;	/* by others; known of files that are no
								 * patches or rollbacks */
	bool		has_digest;
	bool		is_plain;		/* see project_outline() */
	char	   *path;
	PatchFile  *file;
	FileBytes	bytes;			/* no text: not wanted, or not to be had */
	SourceDigest digest;		/* see project_digest() */
	ScriptOutline *outline;		/* NULL: nobody has asked for it yet */
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
	ProjectWish wish;
	ProjectFile *patches;		/* files that register something */
	int			patch_count;
	ProjectFile *rollbacks;		/* files that only take back */
	int			rollback_count;
	ProjectFile *others;		/* files that do neither */
	int			other_count;

	/* See project/verification.h; NULL: they were not read */
	NameTable  *verification_table; /* numbers by the names of patches */
	ProjectFile *verifications;
	int			verification_count;

	NameTable  *table;			/* numbers of the names */
	ProjectName *names;			/* by these numbers */
	int			name_count;

	/* not understood, could not be read, two files for one name */
	ProblemList problems;	/* about patches */
	ProblemList rollback_complaints;
	ProblemList verification_complaints;
} Project;

/*
 * Read all files of these places, each a directory or a file.  If the
 * rollbacks are not needed, they are read only to see what they include.
 * Problems are in the project's problems.  Free it with project_free.
 */
extern Project *project_read(const SimpleStringList *patches,
							 const SimpleStringList *rollbacks,
							 bool needs_rollbacks, ProjectWish wish);

/*
 * The outline of a file of a project, which owns it until it is forgotten.
 * After that it is also known whether the file is plain: a single transaction
 * that includes nothing, in which nothing is wrong, and whose bytes are kept.
 */
extern ScriptOutline *project_outline(const ProjectFile *file);

/* Free the outline, if there is one; it is made anew when it is asked for. */
extern void project_forget_outline(const ProjectFile *file);

/* The number of a name that some file registers or takes back, or NONE. */
extern int	project_find(const Project *project, const char *name);

/* The name, if some file registers it, or NULL. */
extern const ProjectName *project_find_patch(const Project *project,
											 const char *name);

/*
 * The digest of a file alone, made from its bytes if they are kept.  Returns
 * false if it was not wanted, or cannot be had.
 */
extern bool project_digest(const ProjectFile *file, SourceDigest digest);

/* Free the project and all that is in it. */
extern void project_free(Project *project);

#endif							/* PROJECT_H */
