/*-------------------------------------------------------------------------
 *
 * psql/script.h
 *		A script as the server gets it from psql
 *
 *-------------------------------------------------------------------------
 */
#ifndef PSQL_SCRIPT_H
#define PSQL_SCRIPT_H

#include "psql/command.h"

/* Who is to be told of what does not go to the server, where it would run */
typedef struct PsqlWatcher
{
	void		(*see_comment) (void *state, const SqlToken *comment);
	void		(*see_command) (void *state, const PsqlCommand *command);
	void	   *state;
} PsqlWatcher;

/* One \if ... \endif */
typedef struct PsqlBranch
{
	bool		is_active;		/* the lines here may run */
	bool		is_doubtful;	/* and may as well not run */
	bool		may_be_taken;	/* a branch before or this one may run */
	bool		is_taken;		/* a branch before or this one does run */
} PsqlBranch;

typedef struct PsqlScript
{
	SqlLexer	lexer;
	SqlToken	token;			/* the current one */
	const PsqlWatcher *watcher; /* or NULL */

	/* the last place whose line was asked for */
	const char *counted;
	int			line;

	/* the query in psql's buffer */
	bool		has_query;
	size_t		parentheses;	/* open ones: no semicolon ends the query */
	const char *parenthesis;	/* the outermost of them */
	int			blocks;			/* the same for BEGIN ATOMIC ... END */
	int			words;			/* identifiers so far */
	bool		is_create;		/* the first is CREATE */
	bool		is_routine;		/* of a function or procedure */
	const char *block;			/* the outermost BEGIN */
	int			copies;			/* COPY ... FROM stdin in it */

	bool		sends_result;	/* the last one was sent by \gexec */
	const char *for_psql;		/* the first thing for psql alone, or NULL */
	const char *endless_data;	/* COPY data without an end, or NULL */

	/* what was open at the end of the last query, or NULL */
	const char *unclosed;

	PsqlBranch *branches;
	int			depth;
} PsqlScript;

/*
 * Begin with a text, which must outlive the script and begins on the given
 * line.  Free it with psql_script_free.
 */
extern void psql_script_init(PsqlScript *script, const char *text,
							 size_t length, int first_line, bool is_script);

/*
 * Go to the next token.  A script ends with SQL_SEND if psql has a query left
 * to send, then with SQL_END for ever.
 */
extern void psql_script_next(PsqlScript *script);

/* Is the current statement over? */
extern bool psql_script_at_end(const PsqlScript *script);

/* A COPY ... FROM stdin is part of the query that will be sent. */
extern void psql_script_expect_copy_data(PsqlScript *script);

/* Does it depend on a psql variable whether the lines here run? */
extern bool psql_script_is_doubtful(const PsqlScript *script);

/* The number of the line that "place" is on, counted from the last one. */
extern int	psql_script_line(PsqlScript *script, const char *place);

/* Free what the script holds; the text is the caller's. */
extern void psql_script_free(PsqlScript *script);

/* Tell "watcher", which must outlive the script, of comments and commands. */
static inline void
psql_script_watch(PsqlScript *script, const PsqlWatcher *watcher)
{
	script->watcher = watcher;
	script->lexer.keeps_comments = true;
}

#endif							/* PSQL_SCRIPT_H */
