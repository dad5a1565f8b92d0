/*-------------------------------------------------------------------------
 *
 * script/outline.c
 *		The transactions and statements of a script
 *
 * Reads a script as psql would run it, to its end: it may end a transaction,
 * or connect anew, on its last line.  \i and \ir are followed at once, as
 * psql does, if the name of the file is written out.  What the script
 * registers is found in the same pass.
 *
 * A query may hold several statements; whether they are sent is known at its
 * end, and that is when they count.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include <sys/stat.h>

#include "patch/statement.h"
#include "psql/argument.h"
#include "script/directive.h"
#include "script/outer.h"
#include "script/outline.h"
#include "script/restriction.h"
#include "script/transaction.h"

/* How many files a script may include in all, in one another or not */
#define MAX_INCLUDES 1000

/* A script on the way to its outline */
typedef struct OutlineReader
{
	ScriptOutline *outline;
	const char *path;
	const FileBytes *bytes;		/* that its queries are in, or NULL */
	ScriptRestriction restriction;
	int			include_count;
	char	   *directory;		/* where \cd has led, or NULL: not known */
	bool		has_worked;		/* this transaction has, and not only put a
								 * patch into the register or out of it */
} OutlineReader;

/* It, or a script that it includes, which is being read */
typedef struct OutlineFrame
{
	OutlineReader *reader;
	struct OutlineFrame *outer; /* the one that includes it, or NULL */
	const char *path;
	const char *given_path;		/* what psql knows it by */
	ScriptPlace origin;			/* of the \i */
	dev_t		device;
	ino_t		inode;

	PatchReader patches;
	const char *text;			/* its beginning */
	const char *rest;			/* after the last query */
	ScriptStatement *query;		/* statements of the current query */
	int			count;
	bool		is_endless;		/* something in it has no end */
} OutlineFrame;

/* What is no statement */
static const StatementTraits connecting = {.kind = STATEMENT_CONNECT};
static const StatementTraits manual = {.kind = STATEMENT_MANUAL};
static const StatementTraits automatic = {.kind = STATEMENT_AUTOMATIC};
static const StatementTraits flaw = {.kind = STATEMENT_FLAW};

static void read_text(OutlineFrame *frame, PatchFile *file,
					  const FileBytes *bytes);

/* Make room in an array for one more; powers of two are when it is full. */
#define MAKE_ROOM(array, count, type) \
	if (((count) & ((count) - 1)) == 0) \
		(array) = pg_realloc((array), Max(1, 2 * (count)) * sizeof(type))

/* Say where in the scripts a text stands. */
static ScriptPlace
find_place(OutlineFrame *frame, const char *text)
{
	PsqlScript *script = &frame->patches.script;
	ScriptPlace place;

	place.path = frame->path;
	place.line = psql_script_line(script, text);
	place.main_line = frame->outer == NULL ? place.line :
		frame->origin.main_line;
	place.is_doubtful = frame->origin.is_doubtful ||
		psql_script_is_doubtful(script);
	return place;
}

/* The path of a problem: none if it is about the script itself */
static const char *
problem_path(const OutlineReader *reader, const ScriptPlace *place)
{
	return place->path == reader->path ? NULL : place->path;
}

/* Something is wrong at that place. */
static void
complain(OutlineReader *reader, ProblemLevel level, ProblemKind kind,
		 const ScriptPlace *place, const char *format,...)
pg_attribute_printf(5, 6);

static void
complain(OutlineReader *reader, ProblemLevel level, ProblemKind kind,
		 const ScriptPlace *place, const char *format,...)
{
	va_list		args;
	char	   *text;

	va_start(args, format);
	text = problem_format(format, args);
	va_end(args);
	problem_add_kind(&reader->outline->problems, level, kind,
					 problem_path(reader, place), place->line, "%s",
					 text);
	pfree(text);
}

/* Add what is sent to the server, or else counts. */
static void
add_statement(OutlineReader *reader, const ScriptStatement *statement)
{
	ScriptOutline *outline = reader->outline;

	MAKE_ROOM(outline->statements, outline->statement_count, ScriptStatement);
	outline->statements[outline->statement_count++] = *statement;
}

/* Add what is no statement. */
static void
add_event(OutlineReader *reader, const ScriptPlace *place,
		  const StatementTraits *traits)
{
	ScriptStatement event = {.place = *place, .traits = traits};

	add_statement(reader, &event);
}

/* What stands at that place would not be read as it was meant. */
static void
see_flaw(OutlineReader *reader, const ScriptPlace *place, const char *text)
{
	complain(reader, PROBLEM_ERROR, PROBLEM_NOT_UNDERSTOOD, place, "%s", text);
	add_event(reader, place, &flaw);
}

/* Note what is not undone with its transaction, if there is something. */
static void
note_outer(OutlineReader *reader, const char *what, const ScriptPlace *place)
{
	ScriptOutline *outline = reader->outline;

	if (what == NULL || outline->outer_line > 0)
		return;
	outline->outer_what = what;
	outline->outer_path = place->path;
	outline->outer_line = place->line;
}

/* Does nothing but blanks stand before this place on its line? */
static bool
begins_line(const OutlineFrame *frame, const char *place)
{
	const char *p = place;

	while (p > frame->text && p[-1] != '\n' && p[-1] != '\r' &&
		   sql_lexer_is_space(p[-1]))
		p--;
	return p == frame->text || p[-1] == '\n' || p[-1] == '\r' ||
		(p - frame->text == 3 && memcmp(frame->text, "\xEF\xBB\xBF", 3) == 0);
}

/* Obey a comment, if it has a line of its own. */
static void
see_comment(void *state, const SqlToken *comment)
{
	OutlineFrame *frame = (OutlineFrame *) state;
	ScriptOutline *outline = frame->reader->outline;
	ScriptDirectives directives = {
		.lock_timeout = outline->lock_timeout,
		.retry_for = outline->retry_for
	};
	const SimpleStringListCell *cell;
	ScriptPlace place = find_place(frame, comment->start);

	place.path = problem_path(frame->reader, &place);
	if (*comment->start != '-' || !begins_line(frame, comment->start))
	{
		script_directive_refuse(&place, comment->start, comment->length,
								&outline->problems);
		return;
	}
	script_directive_read(&place, comment->start, comment->length,
						  &directives, &outline->problems);
	outline->no_transaction |= directives.no_transaction;
	outline->lock_timeout = directives.lock_timeout;
	outline->retry_for = directives.retry_for;
	for (cell = directives.disabled.head; cell != NULL; cell = cell->next)
	{
		simple_string_list_append(&outline->disabled, cell->val);
		simple_string_list_append(&outline->disabled_in, frame->path);
	}
	simple_string_list_destroy(&directives.disabled);
}

/* Is this file one of those that include it? */
static bool
includes_itself(const OutlineFrame *frame)
{
	const OutlineFrame *outer;

	for (outer = frame->outer; outer != NULL; outer = outer->outer)
		if (outer->device == frame->device && outer->inode == frame->inode)
			return true;
	return false;
}

/*
 * Read an included file.  Returns NULL if that can be done, or why not.  A
 * terminal or a pipe is left for psql to read.
 */
static const char *
read_included(OutlineFrame *frame)
{
	struct stat status;
	FileBytes	bytes;
	const char *reason = NULL;

	if (++frame->reader->include_count > MAX_INCLUDES)
		return "too many files are included";
	if (stat(frame->path, &status) < 0)
		return strerror(errno);
	frame->device = status.st_dev;
	frame->inode = status.st_ino;
	if (includes_itself(frame))
	{
		frame->reader->outline->includes_itself = true;
		return "it includes itself";
	}
	if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		return NULL;
	if (file_bytes_open(&bytes, frame->path))
	{
		PatchFile  *file = pg_malloc0(sizeof(PatchFile));

		read_text(frame, file, &bytes);
		patch_file_free(file);
	}
	else
		reason = strerror(errno);
	file_bytes_free(&bytes);
	return reason;
}

/*
 * The path of what is so named in a directory: "" is the current one, NULL one
 * that is not known, as is the result then.  To be freed by the caller.
 */
static char *
find_in(const char *directory, const char *name)
{
	char		path[MAXPGPATH];

	if (name == NULL)
		return NULL;
	if (is_absolute_path(name))
		return pg_strdup(name);
	if (directory == NULL)
		return NULL;
	if (directory[0] == '\0')
		return pg_strdup(name);
	join_path_components(path, directory, name);
	return pg_strdup(path);
}

/* What psql makes of a name after \ir; to be freed by the caller. */
static char *
find_beside(const char *script, const char *name)
{
	char		path[MAXPGPATH];

	if (is_absolute_path(name))
		return pg_strdup(name);
	strlcpy(path, script, sizeof(path));
	get_parent_directory(path);
	join_path_components(path, path, name);
	canonicalize_path(path);
	return pg_strdup(path);
}

/*
 * What psql makes of a name that begins with a tilde; to be freed by the
 * caller.  Returns NULL if it is another user's.
 */
static char *
find_at_home(const char *name)
{
	char		home[MAXPGPATH];

	if ((name[1] != '/' && name[1] != '\0') || !get_home_path(home))
		return NULL;
	return psprintf("%s%s", home, name + 1);
}

/* Follow \i or \ir. */
static void
include(OutlineFrame *frame, const ScriptPlace *place, const char *name,
		bool is_relative)
{
	OutlineReader *reader = frame->reader;
	ScriptOutline *outline = reader->outline;
	OutlineFrame inner;
	const char *reason;
	char	   *given_path;
	char	   *path;

	if (reader->directory == NULL || strcmp(name, "-") == 0)
		return;
	if (*name == '~')
		given_path = find_at_home(name);
	else
		given_path = is_relative ? find_beside(frame->given_path, name) :
			pg_strdup(name);
	if (given_path == NULL)
		return;
	path = find_in(reader->directory, given_path);
	simple_string_list_append(&outline->includes, path);
	pg_free(path);

	memset(&inner, 0, sizeof(inner));
	inner.reader = reader;
	inner.outer = frame;
	inner.path = outline->includes.tail->val;
	inner.given_path = given_path;
	inner.origin = *place;
	reason = read_included(&inner);
	if (reason != NULL)
		problem_found(&outline->missing, PROBLEM_MISSING_INCLUDE,
					  problem_path(reader, place), place->line,
					  "could not include \"%s\": %s", inner.path, reason);
	pg_free(given_path);
}

/*
 * Nobody is there to be asked, and nothing to be read, when the script is run.
 * A variable that is asked for in an \if that cannot be known may have been
 * set on the command line.
 */
static void
watch_for_questions(OutlineReader *reader, const ScriptPlace *place,
					const PsqlCommand *command)
{
	char	   *file;

	switch (command->action)
	{
		case PSQL_ASK:
		case PSQL_PROMPT:
			complain(reader, command->action == PSQL_PROMPT &&
					 place->is_doubtful ? PROBLEM_WARNING : PROBLEM_ERROR,
					 PROBLEM_INTERACTIVE, place, "\\%.*s needs somebody who "
					 "answers, and nobody is there when this is run%s",
					 (int) (command->arguments - command->name),
					 command->name, command->action == PSQL_PROMPT ?
					 ": let -v NAME=VALUE set the variable" : "");
			break;
		case PSQL_COPY_INPUT:
			complain(reader, PROBLEM_WARNING, PROBLEM_INTERACTIVE, place,
					 "this copies from psql's standard input, and nothing is "
					 "there when this is run");
			break;
		case PSQL_INCLUDE:
		case PSQL_INCLUDE_RELATIVE:
			file = psql_argument_file(command);
			if (file != NULL && strcmp(file, "-") == 0)
				complain(reader, PROBLEM_WARNING, PROBLEM_INTERACTIVE,
						 place, "this includes psql's standard input, and "
						 "nothing is there when this is run");
			pg_free(file);
			break;
		default:
			break;
	}
}

/* Does this \set or \unset switch AUTOCOMMIT, and to what? */
static bool
sets_autocommit(const PsqlCommand *command, bool *is_off)
{
	PsqlCommand rest = *command;
	char	   *name;
	char	   *value = NULL;
	bool		result;

	result = psql_argument_next(&rest, &name) && name != NULL &&
		strcmp(name, "AUTOCOMMIT") == 0;
	if (!result)
		;
	else if (command->action == PSQL_UNSET)
		*is_off = true;
	else if (!psql_argument_next(&rest, &value))
		*is_off = false;
	else if (value == NULL)
		result = false;
	else
		*is_off = psql_argument_is_off(value);
	pg_free(name);
	pg_free(value);
	return result;
}

/* Follow a meta-command to another file or directory. */
static void
follow_command(OutlineFrame *frame, const ScriptPlace *place,
			   const PsqlCommand *command)
{
	OutlineReader *reader = frame->reader;
	char	   *name;
	char	   *directory = reader->directory;

	if (command->action != PSQL_INCLUDE &&
		command->action != PSQL_INCLUDE_RELATIVE &&
		command->action != PSQL_CHANGE_DIRECTORY)
		return;
	name = psql_argument_file(command);
	if (command->action == PSQL_CHANGE_DIRECTORY)
	{
		reader->directory = find_in(directory, name);
		pg_free(directory);
	}
	else if (name != NULL)
		include(frame, place, name,
				command->action == PSQL_INCLUDE_RELATIVE);
	pg_free(name);
}

/* A meta-command would be run. */
static void
see_command(void *state, const PsqlCommand *command)
{
	OutlineFrame *frame = (OutlineFrame *) state;
	OutlineReader *reader = frame->reader;
	ScriptOutline *outline = reader->outline;
	ScriptPlace place = find_place(frame, command->name);
	char	   *refusal = script_restriction_obey(&reader->restriction, &place,
												  command);
	bool		is_off;

	if (command->action == PSQL_CONNECT)
		add_event(reader, &place, &connecting);
	else if ((command->action == PSQL_SET || command->action == PSQL_UNSET) &&
			 sets_autocommit(command, &is_off))
		add_event(reader, &place, is_off ? &manual : &automatic);
	if (outline->describe_line == 0 && command->action == PSQL_DESCRIBE &&
		psql_argument_is_given(command))
	{
		outline->describe_path = place.path;
		outline->describe_line = place.line;
	}
	note_outer(reader, script_outer_command(command), &place);
	watch_for_questions(reader, &place, command);
	if (refusal != NULL)
		complain(reader, PROBLEM_ERROR, PROBLEM_RESTRICTED, &place, "%s",
				 refusal);
	pg_free(refusal);
	follow_command(frame, &place, command);
}

/* Read a statement, and keep it until its query is sent. */
static void
read_statement(OutlineFrame *frame)
{
	PatchReader *patches = &frame->patches;
	const SqlToken *token = &patches->script.token;
	const char *start = token->start;
	int			i = patches->file->count;
	ScriptStatement statement = {.place = find_place(frame, start)};
	StatementWords words;

	if (sql_constant_is_conflict_marker(token))
		see_flaw(frame->reader, &statement.place, SQL_CONFLICT_MARKER);
	patch_statement_read(patches);
	for (; i < patches->file->count; i++)
	{
		if (patches->file->calls[i].action == PATCH_UNREGISTER)
			statement.removals++;
		else
			statement.registrations++;
	}
	sql_words_init(&words, start, token->start - start);
	statement.traits = script_statement_traits(words);
	statement.number = frame->count;
	note_outer(frame->reader, script_outer_statement(words),
			   &statement.place);
	if (sql_words_at(&words, "load") && frame->outer == NULL)
		frame->reader->outline->marks_session = true;

	MAKE_ROOM(frame->query, frame->count, ScriptStatement);
	frame->query[frame->count++] = statement;
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

/*
 * May the parser warn of something in a statement before it is executed?  It
 * looks into most of the commands that are no queries only then.
 */
static bool
may_warn(const StatementWords *words)
{
	static const char *const silent[] = {
		"alter", "begin", "comment", "commit", "create", "drop", "end",
		"grant", "revoke", "rollback", "set"
	};
	size_t		i;

	for (i = 0; i < lengthof(silent); i++)
		if (sql_words_at(words, silent[i]))
			return false;
	return true;
}

/*
 * A statement of the script itself is sent.  May it wait for locks as long as
 * it takes, without keeping anyone waiting?  Only the first of its transaction
 * that does something may: else others may wait for what was locked before.
 */
static bool
follow_patience(bool *worked, const ScriptStatement *statement)
{
	const StatementTraits *traits = statement->traits;
	bool		is_first = !*worked;

	if (traits->kind == STATEMENT_WORK)
	{
		*worked |= statement->registrations + statement->removals == 0;
		return is_first && traits->is_patient;
	}
	if (traits->kind == STATEMENT_BEGIN || traits->kind == STATEMENT_COMMIT ||
		traits->kind == STATEMENT_ROLLBACK ||
		traits->kind == STATEMENT_PREPARE)
		*worked = false;
	else
		*worked |= traits->need != NULL;	/* such as LOCK TABLE */
	return false;
}

/* The current query of the script itself is sent: note how it can be. */
static void
add_query(OutlineFrame *frame)
{
	ScriptOutline *outline = frame->reader->outline;
	const FileBytes *bytes = frame->reader->bytes;
	PsqlScript *script = &frame->patches.script;
	const SqlLexer *lexer = &script->lexer;
	const char *start = pass_blanks(frame->rest, lexer->cursor);
	OutlineQuery *query;
	StatementWords words;

	outline->needs_psql |= frame->count > 1 ||
		frame->query[0].traits->is_for_psql;
	if (bytes == NULL || outline->needs_psql)
		return;
	MAKE_ROOM(outline->queries, outline->query_count, OutlineQuery);
	query = &outline->queries[outline->query_count++];
	query->start = (uint32) (start - bytes->text);
	query->length = (uint32) (lexer->cursor - start);
	query->line = psql_script_line(script, lexer->cursor);
	if (lexer->cursor == lexer->end && lexer->cursor[-1] == '\n')
		query->line--;
	query->kind = frame->query[0].traits->kind;
	query->chains = frame->query[0].traits->chains;
	sql_words_init(&words, start, lexer->cursor - start);
	query->may_warn = may_warn(&words);
	query->is_patient = follow_patience(&frame->reader->has_worked,
										&frame->query[0]);
}

/* The current query is sent. */
static void
send_query(OutlineFrame *frame)
{
	PsqlScript *script = &frame->patches.script;
	int			i;

	if (script->unclosed != NULL && *script->unclosed == '(' &&
		!frame->is_endless)
	{
		ScriptPlace place = find_place(frame, script->unclosed);

		see_flaw(frame->reader, &place, "this parenthesis is never closed");
	}
	for (i = 0; i < frame->count; i++)
	{
		frame->query[i].siblings = frame->count - 1;
		add_statement(frame->reader, &frame->query[i]);
	}
	if (frame->outer == NULL && frame->count > 0)
		add_query(frame);
	frame->rest = script->lexer.cursor;
	frame->count = 0;
}

/* What stands at the current token has no end. */
static void
see_endless(OutlineFrame *frame)
{
	const SqlToken *token = &frame->patches.script.token;
	ScriptPlace place = find_place(frame, token->start);

	see_flaw(frame->reader, &place, sql_constant_unterminated(token));
	frame->is_endless = true;
	frame->count = 0;
	patch_reader_advance(&frame->patches);
}

/* Read all queries of a script. */
static void
read_queries(OutlineFrame *frame)
{
	for (;;)
	{
		switch (patch_file_step(&frame->patches))
		{
			case PATCH_STATEMENT:
				read_statement(frame);
				break;
			case PATCH_SENT:
				send_query(frame);
				break;
			case PATCH_FORGOTTEN:
				frame->count = 0;
				break;
			case PATCH_ENDLESS:
				see_endless(frame);
				break;
			case PATCH_END:
				return;
		}
	}
}

/* Read the text of a script, and into "file" what it registers. */
static void
read_text(OutlineFrame *frame, PatchFile *file, const FileBytes *bytes)
{
	PatchReader *patches = &frame->patches;
	PsqlScript *script = &patches->script;
	PsqlWatcher watcher = {see_comment, see_command, frame};
	const char *refusal;
	int			line;

	refusal = patch_file_refusal(bytes, &line);
	if (refusal != NULL)
	{
		ScriptPlace place = frame->origin;

		place.path = frame->path;
		place.line = line;
		if (frame->outer != NULL)
			see_flaw(frame->reader, &place, refusal);
		else
			problem_add(&file->problems, PROBLEM_ERROR, NULL, line, "%s",
						refusal);
		return;
	}

	frame->text = frame->rest = bytes->text;
	if (bytes->length >= 3 && memcmp(bytes->text, "\xEF\xBB\xBF", 3) == 0)
		frame->rest += 3;
	patch_reader_init(patches, file, bytes->text, bytes->length, 1, true);
	patches->seeks_lookalikes = frame->outer == NULL;
	psql_script_watch(script, &watcher);
	patch_reader_start(patches);
	read_queries(frame);
	if (frame->outer == NULL)
		frame->reader->outline->needs_psql |= script->needs_psql;
	patch_reader_free(patches);
	pg_free(frame->query);
}

/* Read the script itself. */
static void
read_script(OutlineReader *reader, const FileBytes *bytes)
{
	OutlineFrame frame;
	struct stat status;

	memset(&frame, 0, sizeof(frame));
	frame.reader = reader;
	frame.path = frame.given_path = reader->path;
	if (stat(reader->path, &status) == 0)
	{
		frame.device = status.st_dev;
		frame.inode = status.st_ino;
	}
	read_text(&frame, reader->outline->file, bytes);
	patch_file_end(reader->outline->file);
}

/* The line of a word, in small letters, in a text, maybe in larger; or 0. */
static int
find_line(const FileBytes *bytes, const char *word)
{
	size_t		length = strlen(word);
	const char *p = bytes->text;
	const char *end = p + bytes->length;
	int			line = 1;

	for (; (size_t) (end - p) >= length; p++)
	{
		if (sql_lexer_fold(*p) == *word &&
			pg_strncasecmp(p, word, length) == 0)
			return line;
		line += *p == '\n';
	}
	return 0;
}

/* Is the word there? */
static bool
mentions(const FileBytes *bytes, const char *word)
{
	return find_line(bytes, word) > 0;
}

/*
 * Look for what may stand in a string or a function, too: what changes how the
 * script is to be read is for psql, and so are the cursors, one of which our
 * queries are.  What stays in the process or has a connection of its own is
 * not undone by DISCARD ALL.
 */
static void
look_into_bytes(OutlineReader *reader)
{
	ScriptOutline *outline = reader->outline;
	ScriptPlace place = {.path = reader->path};

	if (reader->bytes == NULL)
	{
		outline->needs_psql = true;
		return;
	}
	outline->needs_psql |=
		mentions(reader->bytes, "standard_conforming_strings") ||
		mentions(reader->bytes, "client_encoding") ||
		mentions(reader->bytes, "pg_cursors");
	place.line = find_line(reader->bytes, "dblink");
	if (place.line > 0)
		note_outer(reader, "dblink", &place);
	outline->marks_session |= place.line > 0 ||
		mentions(reader->bytes, "load '");
}

/* Know whether it is to have a transaction of ours, and what that means. */
static void
find_wrapping(ScriptOutline *outline)
{
	TransactionParts parts;
	int			i;

	for (i = 0; i < outline->statement_count; i++)
	{
		const ScriptStatement *statement = &outline->statements[i];
		StatementKind kind = statement->traits->kind;

		outline->reconnects |= kind == STATEMENT_CONNECT;
		outline->has_transaction |= !statement->place.is_doubtful &&
			(kind == STATEMENT_BEGIN || kind == STATEMENT_MANUAL);
	}
	outline->is_wrapped = !outline->has_transaction &&
		!outline->no_transaction;
	script_transaction_parts(outline->statements, outline->statement_count,
							 outline->is_wrapped, &parts);
	outline->ends_wrapping = outline->is_wrapped &&
		parts.transaction.status == TRANSACTION_NONE;
	outline->may_end_wrapping = outline->is_wrapped &&
		parts.transaction.status != TRANSACTION_OPEN;
	outline->is_atomic = parts.count <= 1 &&
		!(outline->is_wrapped && parts.alone_line > 0);
	if (!outline->is_atomic)
		outline->outside_line = parts.outside_line;
}

/* Complain of a limit that means nothing to this file. */
static void
check_limit(ScriptOutline *outline, const DirectiveLimit *limit)
{
	if (limit->line > 0 && !script_outline_is_whole(outline))
		problem_add_kind(&outline->problems, PROBLEM_ERROR,
						 PROBLEM_UNKNOWN_DIRECTIVE, limit->path, limit->line,
						 "this means nothing here: the file is not run in "
						 "one transaction, so it is not tried again");
}

ScriptOutline *
script_outline_read(const char *path, const FileBytes *bytes)
{
	ScriptOutline *outline = pg_malloc0(sizeof(ScriptOutline));
	OutlineReader reader = {.outline = outline, .path = path};
	FileBytes	own = {0};
	const char *refusal;

	outline->file = pg_malloc0(sizeof(PatchFile));
	reader.bytes = bytes == NULL || bytes->is_mapped ? NULL : bytes;
	reader.directory = pg_strdup("");
	if (bytes != NULL || file_bytes_open(&own, path))
		read_script(&reader, bytes != NULL ? bytes : &own);
	else
		problem_add(&outline->problems, PROBLEM_ERROR, NULL, 0,
					"could not read file: %s", strerror(errno));
	look_into_bytes(&reader);
	refusal = script_restriction_end(&reader.restriction);
	if (refusal != NULL)
		complain(&reader, PROBLEM_ERROR, PROBLEM_RESTRICTED,
				 &reader.restriction.begin, "%s", refusal);
	find_wrapping(outline);
	check_limit(outline, &outline->lock_timeout);
	check_limit(outline, &outline->retry_for);
	pg_free(reader.directory);
	file_bytes_free(&own);
	return outline;
}

bool
script_outline_is_whole(const ScriptOutline *outline)
{
	return !outline->no_transaction && !outline->reconnects &&
		outline->is_atomic;
}

void
script_outline_free(ScriptOutline *outline)
{
	patch_file_free(outline->file);
	simple_string_list_destroy(&outline->disabled);
	simple_string_list_destroy(&outline->disabled_in);
	simple_string_list_destroy(&outline->includes);
	problem_free(&outline->problems);
	problem_free(&outline->missing);
	pg_free(outline->statements);
	pg_free(outline->queries);
	pg_free(outline);
}
