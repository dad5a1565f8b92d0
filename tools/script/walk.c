/*-------------------------------------------------------------------------
 *
 * script/walk.c
 *		Going through a script, and those that it includes
 *
 * Tells of each statement that a script sends to the server, of each comment
 * line, and of each meta-command, where they would run.  \i and \ir are
 * followed at once, as psql does, if the name of the file is written out.
 *
 * A query may hold several statements; whether they are sent is known at its
 * end, and that is when they are told of.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "patch/statement.h"
#include "psql/argument.h"
#include "psql/source.h"
#include "script/path.h"
#include "script/walk.h"
#include "sql/constant.h"

/* Scripts that include scripts that include ... */
#define MAX_DEPTH 50

/* How many files a script may include in all */
#define MAX_INCLUDES 10000

typedef struct ScriptWalk
{
	const ScriptVisitor *visitor;
	SimpleStringList *includes; /* takes the paths of what is included */
	int			include_count;
	char	   *directory;		/* where \cd has led, or NULL: not known */
} ScriptWalk;

/* A script that is being read */
typedef struct WalkFrame
{
	ScriptWalk *walk;
	struct WalkFrame *outer;	/* the one that includes it, or NULL */
	int			depth;
	const char *path;
	const char *given_path;		/* what psql knows it by */
	ScriptPlace origin;			/* of the \i */
	dev_t		device;
	ino_t		inode;

	PatchFile	file;			/* calls in the current statement */
	PatchReader reader;
	const FileBytes *bytes;		/* of it, or NULL: to be read */
	const char *text;			/* its beginning */
	const char *rest;			/* after the last query */
	ScriptStatement *query;		/* statements of the current query */
	int			count;
	int			space;
} WalkFrame;

static bool walk_file(WalkFrame *frame);

/* Say where in the scripts a text stands. */
static void
find_place(WalkFrame *frame, const char *text, ScriptPlace *place)
{
	place->path = frame->path;
	place->line = psql_script_line(&frame->reader.script, text);
	place->main_line = frame->outer == NULL ? place->line :
		frame->origin.main_line;
	place->is_doubtful = frame->origin.is_doubtful ||
		psql_script_is_doubtful(&frame->reader.script);
}

/* Does nothing but blanks stand before this place on its line? */
static bool
begins_line(const WalkFrame *frame, const char *place)
{
	const char *p = place;

	while (p > frame->text && p[-1] != '\n' && p[-1] != '\r' &&
		   sql_lexer_is_space(p[-1]))
		p--;
	return p == frame->text || p[-1] == '\n' || p[-1] == '\r' ||
		(p - frame->text == 3 && memcmp(frame->text, "\xEF\xBB\xBF", 3) == 0);
}

/* Tell of something wrong at a place. */
static void
tell_of_flaw(const WalkFrame *frame, const ScriptPlace *place,
			 const char *text)
{
	const ScriptVisitor *visitor = frame->walk->visitor;

	if (visitor->flaw != NULL)
		visitor->flaw(visitor->state, place, text);
}

/* Tell of a comment. */
static void
see_comment(void *state, const SqlToken *comment)
{
	WalkFrame  *frame = (WalkFrame *) state;
	const ScriptVisitor *visitor = frame->walk->visitor;
	bool		is_line = *comment->start == '-' &&
		begins_line(frame, comment->start);
	ScriptPlace place;

	if (!is_line && visitor->aside == NULL)
		return;
	find_place(frame, comment->start, &place);
	(is_line ? visitor->comment : visitor->aside) (visitor->state, &place,
												   comment->start,
												   comment->length);
}

/* Is this file one of those that include it? */
static bool
includes_itself(const WalkFrame *frame)
{
	const WalkFrame *outer;

	for (outer = frame->outer; outer != NULL; outer = outer->outer)
		if (outer->device == frame->device && outer->inode == frame->inode)
			return true;
	return false;
}

/* Follow \i or \ir. */
static void
include(WalkFrame *frame, const ScriptPlace *place, char *name,
		bool is_relative)
{
	ScriptWalk *walk = frame->walk;
	const ScriptVisitor *visitor = walk->visitor;
	WalkFrame	inner;
	const char *reason = NULL;
	char	   *given_path;
	char	   *path;

	if (walk->directory == NULL || *name == '~' || strcmp(name, "-") == 0)
		return;
	given_path = script_path_find(frame->given_path, name, is_relative);
	path = script_path_change(walk->directory, given_path);
	simple_string_list_append(walk->includes, path);
	pg_free(path);

	memset(&inner, 0, sizeof(inner));
	inner.walk = walk;
	inner.outer = frame;
	inner.depth = frame->depth + 1;
	inner.path = walk->includes->tail->val;
	inner.given_path = given_path;
	inner.origin = *place;
	if (++walk->include_count > MAX_INCLUDES || inner.depth > MAX_DEPTH)
		reason = "too many files are included";
	else if (!walk_file(&inner))
		reason = includes_itself(&inner) ? SCRIPT_WALK_LOOP : strerror(errno);
	if (reason != NULL && visitor->missing != NULL)
		visitor->missing(visitor->state, place, inner.path, reason);
	pg_free(given_path);
}

/* Follow \cd: its argument, or NULL if that is not known. */
static void
change_directory(ScriptWalk *walk, const char *name)
{
	char	   *directory = walk->directory;

	walk->directory = script_path_change(directory, name);
	pg_free(directory);
}

/* Tell of a meta-command, and follow it. */
static void
see_command(void *state, const PsqlCommand *command)
{
	WalkFrame  *frame = (WalkFrame *) state;
	const ScriptVisitor *visitor = frame->walk->visitor;
	ScriptPlace place;
	char	   *argument = NULL;

	find_place(frame, command->name, &place);
	visitor->command(visitor->state, &place, command);
	switch (command->action)
	{
		case PSQL_INCLUDE:
		case PSQL_INCLUDE_RELATIVE:
			argument = psql_argument_file(command);
			if (argument != NULL)
				include(frame, &place, argument,
						command->action == PSQL_INCLUDE_RELATIVE);
			break;
		case PSQL_CHANGE_DIRECTORY:
			argument = psql_argument_file(command);
			change_directory(frame->walk, argument);
			break;
		default:
			break;
	}
	pg_free(argument);
}

/* Tell of what stands at "start": the server refuses it. */
static void
see_flaw(WalkFrame *frame, const char *start, const char *text)
{
	ScriptPlace place;

	find_place(frame, start, &place);
	tell_of_flaw(frame, &place, text);
}

/* Read a statement, and keep it until its query is sent. */
static void
read_statement(WalkFrame *frame)
{
	PatchReader *reader = &frame->reader;
	ScriptStatement *statement;
	int			i;

	if (frame->count == frame->space)
	{
		frame->space = Max(4, 2 * frame->space);
		frame->query = pg_realloc(frame->query,
								  frame->space * sizeof(ScriptStatement));
	}
	statement = &frame->query[frame->count++];
	memset(statement, 0, sizeof(*statement));
	statement->text = reader->token.start;
	statement->standard_strings = reader->script.lexer.standard_strings;
	find_place(frame, statement->text, &statement->place);

	if (sql_constant_is_conflict_marker(&reader->token))
		see_flaw(frame, statement->text, SQL_CONFLICT_MARKER);
	patch_statement_read(reader);
	statement->length = reader->token.start - statement->text;
	for (i = 0; i < frame->file.count; i++)
	{
		if (frame->file.calls[i].action == PATCH_UNREGISTER)
			statement->removals++;
		else
			statement->registrations++;
	}
	patch_reader_forget(reader, 0, 0);
}

/* Pass what psql leaves out at the beginning of a query. */
static const char *
pass_blanks(const char *p, const char *end)
{
	for (;;)
	{
		while (p < end && sql_lexer_is_space(*p))
			p++;
		if (end - p < 2 || p[0] != '-' || p[1] != '-')
			return p;
		while (p < end && *p != '\n' && *p != '\r')
			p++;
	}
}

/* Tell of the current query, as psql sends it. */
static void
see_query(WalkFrame *frame)
{
	const ScriptVisitor *visitor = frame->walk->visitor;
	PsqlScript *script = &frame->reader.script;
	ScriptQuery query;

	query.text = pass_blanks(frame->rest, script->lexer.cursor);
	query.length = script->lexer.cursor - query.text;
	query.line = psql_script_line(script, script->lexer.cursor);
	if (script->lexer.cursor == script->lexer.end &&
		script->lexer.cursor[-1] == '\n')
		query.line--;
	query.statements = frame->count;
	query.standard_strings = script->lexer.standard_strings;
	visitor->query(visitor->state, &query);
}

/* The current query is sent. */
static void
send_query(WalkFrame *frame)
{
	const ScriptVisitor *visitor = frame->walk->visitor;
	int			i;

	for (i = 0; i < frame->count; i++)
	{
		frame->query[i].number = i;
		frame->query[i].siblings = frame->count - 1;
		visitor->statement(visitor->state, &frame->query[i]);
	}
	if (frame->outer == NULL && frame->count > 0 && visitor->query != NULL)
		see_query(frame);
	frame->rest = frame->reader.script.lexer.cursor;
	frame->count = 0;
}

/* Read all queries of a script. */
static void
read_queries(WalkFrame *frame)
{
	PatchReader *reader = &frame->reader;
	bool		is_endless = false;
	const char *unclosed;

	while (reader->token.kind != SQL_END)
	{
		switch (reader->token.kind)
		{
			case SQL_SEND:
				unclosed = reader->script.unclosed;
				if (unclosed != NULL && *unclosed == '(' && !is_endless)
					see_flaw(frame, unclosed,
								"this parenthesis is never closed");
				send_query(frame);
				patch_reader_advance(reader);
				break;
			case SQL_UNTERMINATED:
				see_flaw(frame, reader->token.start,
							sql_constant_unterminated(&reader->token));
				is_endless = true;
				frame->count = 0;
				patch_reader_advance(reader);
				break;
			case SQL_DISCARD:
				frame->count = 0;
				patch_reader_advance(reader);
				break;
			default:
				if (patch_reader_at_symbol(reader, ";"))
					patch_reader_advance(reader);
				else
					read_statement(frame);
				break;
		}
	}
}

/* Hand on what SET has made of the meaning of backslashes in strings. */
static void
copy_string_settings(PsqlScript *to, const PsqlScript *from)
{
	to->lexer.standard_strings = from->lexer.standard_strings;
	to->session_strings = from->session_strings;
}

/* Go through a text. */
static void
walk_text(WalkFrame *frame, const char *text, size_t length)
{
	PatchReader *reader = &frame->reader;
	PsqlScript *script = &reader->script;
	PsqlWatcher watcher;

	watcher.see_comment = see_comment;
	watcher.see_command = see_command;
	watcher.state = frame;
	frame->text = frame->rest = text;
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		frame->rest += 3;

	patch_reader_init(reader, &frame->file, text, length, 1, true);
	psql_script_watch(script, &watcher);
	if (frame->outer != NULL)
		copy_string_settings(script, &frame->outer->reader.script);
	patch_reader_start(reader);
	read_queries(frame);
	if (frame->outer == NULL && frame->walk->visitor->end != NULL)
		frame->walk->visitor->end(frame->walk->visitor->state,
								  script->needs_psql);
	if (frame->outer != NULL)
		copy_string_settings(&frame->outer->reader.script, script);

	patch_reader_free(reader);
	pg_free(frame->file.calls);
	problem_free(&frame->file.problems);
	pg_free(frame->query);
}

/* There is a NUL in a file that is included. */
static void
see_nul(const WalkFrame *frame, int line)
{
	ScriptPlace place = frame->origin;

	place.path = frame->path;
	place.line = line;
	tell_of_flaw(frame, &place, PSQL_SOURCE_NUL);
}

/* Go through a regular file.  Returns false with errno set if it fails. */
static bool
walk_regular_file(WalkFrame *frame)
{
	int			fd = open(frame->path, O_RDONLY, 0);
	ScriptSource source;
	bool		result;
	int			save_errno;

	if (fd < 0)
		return false;
	result = psql_source_open_whole(&source, fd);
	if (result && source.nul_line > 0 && frame->outer != NULL)
		see_nul(frame, source.nul_line);
	if (result && source.not_a_script == NULL)
		walk_text(frame, source.text, source.length);
	save_errno = errno;
	psql_source_free(&source);
	close(fd);
	errno = save_errno;
	return result;
}

/* Go through the bytes of a file. */
static void
walk_bytes(WalkFrame *frame)
{
	struct stat status;

	if (stat(frame->path, &status) == 0)
	{
		frame->device = status.st_dev;
		frame->inode = status.st_ino;
	}
	if (psql_source_refusal(frame->bytes->text,
							frame->bytes->length) == NULL)
		walk_text(frame, frame->bytes->text, frame->bytes->length);
}

/*
 * Go through a file.  Returns false with errno set if that cannot be done.  A
 * terminal or a pipe is left for psql to read.
 */
static bool
walk_file(WalkFrame *frame)
{
	struct stat status;

	if (frame->bytes != NULL)
	{
		walk_bytes(frame);
		return true;
	}
	if (stat(frame->path, &status) < 0)
		return false;
	frame->device = status.st_dev;
	frame->inode = status.st_ino;
	if (includes_itself(frame))
		errno = ELOOP;
	else if (S_ISDIR(status.st_mode))
		errno = EISDIR;
	else
		return !S_ISREG(status.st_mode) || walk_regular_file(frame);
	return false;
}

bool
script_walk(const char *path, const FileBytes *bytes,
			const ScriptVisitor *visitor, SimpleStringList *includes)
{
	ScriptWalk	walk;
	WalkFrame	frame;
	bool		result;

	memset(&walk, 0, sizeof(walk));
	walk.visitor = visitor;
	walk.includes = includes;
	walk.directory = pg_strdup("");

	memset(&frame, 0, sizeof(frame));
	frame.walk = &walk;
	frame.path = frame.given_path = path;
	frame.bytes = bytes;
	result = walk_file(&frame);
	pg_free(walk.directory);
	return result;
}
