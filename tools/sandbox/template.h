/*-------------------------------------------------------------------------
 *
 * sandbox/template.h
 *		The databases that sandboxes are copies of
 *
 *-------------------------------------------------------------------------
 */
#ifndef SANDBOX_TEMPLATE_H
#define SANDBOX_TEMPLATE_H

#include "base/status.h"
#include "plan/plan.h"
#include "run/file.h"
#include "sandbox/mark.h"

/* What the names of all templates begin with */
#define SANDBOX_TEMPLATE_PREFIX "versioning_template_"

/* What is to be in a sandbox; nothing of it is owned */
typedef struct SandboxContent
{
	const char *progname;		/* for messages */
	const RunOptions *options;
	PGconn	   *conn;			/* to the database that it is to be like */
	const Project *project;		/* NULL: without patches */
	char *const *names;			/* these and what they require, or all */
	int			name_count;
	const SimpleStringList *data;	/* scripts that are run after them */
} SandboxContent;

/* The content in words, of small letters and blanks. */
extern const char *sandbox_template_phrase(const SandboxContent *content);

/*
 * The digits of the content.  Returns STATUS_DONE, or another status after a
 * message.
 */
extern Status sandbox_template_digits(const SandboxContent *content,
									  SandboxDigits digits);

/*
 * Is there such a template?  Nobody can have put anything into it but the
 * user, or somebody who could do worse.  Returns false after a message.
 */
extern bool sandbox_template_find(PGconn *conn, const char *name,
								  bool *is_found);

/*
 * The name of the template of that content, which is built if there is none;
 * the text is overwritten by the next call.  Signals must be caught.  Returns
 * STATUS_DONE, or another status after a message.
 */
extern Status sandbox_template_provide(const SandboxContent *content,
									   const SandboxDigits digits,
									   const char **name);

#endif							/* SANDBOX_TEMPLATE_H */
