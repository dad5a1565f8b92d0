/*-------------------------------------------------------------------------
 *
 * command/conf.h
 *		versioning.conf, the file of a project's options
 *
 *-------------------------------------------------------------------------
 */
#ifndef COMMAND_CONF_H
#define COMMAND_CONF_H

#include "base/problem.h"

#define CONF_FILE "versioning.conf"

/* A line of the file that gives an option a value */
typedef struct ConfLine
{
	const char *target;			/* NULL: it stands before all of them */
	char	   *key;
	char	   *value;
	int			line;
} ConfLine;

/* The file; zeroed, it is that of no project */
typedef struct Conf
{
	char	   *path;			/* NULL: there is none */
	char	   *directory;		/* what to put before paths: "", "../" ... */
	char	  **targets;
	int			target_count;
	ConfLine   *lines;
	int			count;
} Conf;

/*
 * Read the file of the project that the current directory belongs to: the
 * first that there is in it or above it.  What is wrong with the file goes to
 * the problems.  Free it with command_conf_free.
 */
extern void command_conf_read(Conf *conf, ProblemList *problems);

/* The target of that name as the file has it, or NULL. */
extern const char *command_conf_target(const Conf *conf, const char *name);

/*
 * Does the target, or NULL for what stands before all of them, say anything
 * of a key?
 */
extern bool command_conf_says(const Conf *conf, const char *target,
							  const char *key);

/* A path of the file, from where we are; the caller frees it. */
extern char *command_conf_place(const Conf *conf, const char *path);

/* Free what it holds. */
extern void command_conf_free(Conf *conf);

#endif							/* COMMAND_CONF_H */
