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

/* The columns of what is known of a template */
enum
{
	SANDBOX_TEMPLATE_NAME,
	SANDBOX_TEMPLATE_OWNER,		/* as an identifier */
	SANDBOX_TEMPLATE_HAS_SETTINGS	/* or grants of its own */
};

/*
 * A row about the template of that name, or none if there is no such template:
 * nobody can have put anything into it but the user, or somebody who could do
 * worse.  Returns NULL after a message; else the caller clears the result.
 */
extern PGresult *sandbox_template_find(PGconn *conn, const char *name);

/*
 * The same for the template of that content, which is built if there is none.
 * Signals must be caught.  Returns STATUS_DONE, or another status after a
 * message.
 */
extern Status sandbox_template_provide(const SandboxContent *content,
									   const SandboxDigits digits,
									   PGresult **template);

#endif							/* SANDBOX_TEMPLATE_H */
