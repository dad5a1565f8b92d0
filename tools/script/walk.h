/*-------------------------------------------------------------------------
 *
 * script/walk.h
 *		Going through a script, and those that it includes
 *
 *-------------------------------------------------------------------------
 */
#ifndef SCRIPT_WALK_H
#define SCRIPT_WALK_H

#include "base/file_bytes.h"
#include "fe_utils/simple_list.h"
#include "psql/command.h"

/* Why a file cannot be included that is being read already */
#define SCRIPT_WALK_LOOP "it includes itself"

typedef struct ScriptPlace
{
	const char *path;			/* the script's, or that of one it includes */
	int			line;
	int			main_line;		/* the script's, which may include it */
	bool		is_doubtful;	/* it depends on an \if whether it is run */
} ScriptPlace;

/* A statement that is sent to the server; the text is gone afterwards */
typedef struct ScriptStatement
{
	ScriptPlace place;
	const char *text;
	size_t		length;
	bool		standard_strings;
	int			registrations;	/* calls that register a patch */
	int			removals;		/* calls that take one back */
	int			number;			/* in its query, from 0 */
	int			siblings;		/* how many others are in its query */
} ScriptStatement;

/*
 * A query of the script itself, as psql sends it: with its semicolon and the
 * comments in it, and the number of the line that psql has come to then.
 */
typedef struct ScriptQuery
{
	const char *text;
	size_t		length;
	int			line;
	int			statements;
	bool		standard_strings;
} ScriptQuery;

/*
 * Who is to be told, in the order in which psql would come to it; of queries
 * after their statements, and at the end whether the script needs psql to be
 * run.  A "comment" is a line of its own, an "aside" any other comment.
 * "aside", "query", "end", "missing", of files that cannot be included, and
 * "flaw", of what psql or the server would not read as it was meant, may be
 * NULL.  Of a NUL in the script itself nothing is told.
 */
typedef struct ScriptVisitor
{
	void		(*statement) (void *state, const ScriptStatement *statement);
	void		(*comment) (void *state, const ScriptPlace *place,
							const char *text, size_t length);
	void		(*aside) (void *state, const ScriptPlace *place,
						  const char *text, size_t length);
	void		(*command) (void *state, const ScriptPlace *place,
							const PsqlCommand *command);
	void		(*missing) (void *state, const ScriptPlace *place,
							const char *path, const char *reason);
	void		(*flaw) (void *state, const ScriptPlace *place,
						 const char *text);
	void		(*query) (void *state, const ScriptQuery *query);
	void		(*end) (void *state, bool needs_psql);
	void	   *state;
} ScriptVisitor;

/*
 * Go through the script of that path, whose bytes are these, unless they are
 * NULL; they must outlive the queries told of.  The paths of the files that it
 * includes are added to "includes", which must outlive the places told of.
 * Returns false with errno set if the script cannot be read.
 */
extern bool script_walk(const char *path, const FileBytes *bytes,
						const ScriptVisitor *visitor,
						SimpleStringList *includes);

#endif							/* SCRIPT_WALK_H */
