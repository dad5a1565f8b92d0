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

#include "base/array.h"
#include "patch/statement.h"
#include "psql/argument.h"
#include "script/directive.h"
#include "script/include.h"
#include "script/outer.h"
#include "script/outline.h"
#include "script/question.h"
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
	ScriptDirectives said;
	ProblemList lookalikes;		/* see patch_file_end() */
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
	const char *text;			/* its beginning, after a byte order mark */
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

/* Something is wrong at that place, unless the text is NULL. */
static void
complain(OutlineReader *reader, ProblemLevel level, ProblemKind kind,
		 const ScriptPlace *place, const char *text)
{
	if (text != NULL)
		problem_add_kind(&reader->outline->problems, level, kind,
						 problem_path(reader, place), place->line, "%s",
						 text);
}

/* Add what is sent to the server, or else counts. */
static void
add_statement(OutlineReader *reader, const ScriptStatement *statement)
{
	ScriptOutline *outline = reader->outline;

	ARRAY_MAKE_ROOM(outline->statements, outline->statement_count);
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
	complain(reader, PROBLEM_ERROR, PROBLEM_NOT_UNDERSTOOD, place, text);
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

/* What psql runs here cannot be read before. */
static void
note_unseen(OutlineReader *reader, const ScriptPlace *place)
{
	if (reader->outline->unseen_line == 0)
		reader->outline->unseen_line = place->main_line;
}

/* Does nothing but blanks stand before this place on its line? */
static bool
begins_line(const OutlineFrame *frame, const char *place)
{
	const char *p = place;

	while (p > frame->text && p[-1] != '\n' && p[-1] != '\r' &&
		   sql_lexer_is_space(p[-1]))
		p--;
	return p == frame->text || p[-1] == '\n' || p[-1] == '\r';
}

/* Obey a comment, if it has a line of its own. */
static void
see_comment(void *state, const SqlToken *comment)
{
	OutlineFrame *frame = (OutlineFrame *) state;
	OutlineReader *reader = frame->reader;
	ProblemList *problems = &reader->outline->problems;
	ScriptPlace place = find_place(frame, comment->start);

	place.path = problem_path(reader, &place);
	if (*comment->start != '-' || !begins_line(frame, comment->start))
		script_directive_refuse(&place, comment->start, comment->length,
								problems);
	else
		script_directive_read(&place, frame->path, comment->start,
							  comment->length, &reader->said, problems);
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
	{
		note_unseen(frame->reader, &frame->origin);
		return NULL;
	}
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

/* Follow \i or \ir.  Without a name, it depends on more than the script. */
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

	if (name != NULL && strcmp(name, "-") == 0)
		return;
	given_path = name == NULL || reader->directory == NULL ? NULL :
		script_include_name(frame->given_path, name, is_relative);
	if (given_path == NULL)
	{
		note_unseen(reader, place);
		return;
	}
	path = script_include_path(reader->directory, given_path);
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
	{
		note_unseen(reader, place);
		problem_found(&outline->missing, PROBLEM_MISSING_INCLUDE,
					  problem_path(reader, place), place->line,
					  "could not include \"%s\": %s", inner.path, reason);
	}
	pg_free(given_path);
}

/* Note the file that \copy reads, as far as it is known which that is. */
static void
note_copied(OutlineReader *reader, const char *name)
{
	char	   *path = script_include_path(reader->directory, name);

	if (path != NULL)
		simple_string_list_append(&reader->outline->copied, path);
	pg_free(path);
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
		command->action != PSQL_COPY_FILE &&
		command->action != PSQL_CHANGE_DIRECTORY)
		return;
	name = psql_argument_file(command);
	if (command->action == PSQL_COPY_FILE)
		note_copied(reader, name);
	else if (command->action == PSQL_CHANGE_DIRECTORY)
	{
		reader->directory = script_include_path(directory, name);
		pg_free(directory);
	}
	else
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
	ProblemLevel level;
	char	   *question = script_question_find(command, place.is_doubtful,
												&level);
	bool		is_off;

	if (command->action == PSQL_CONNECT)
		add_event(reader, &place, &connecting);
	else if (script_transaction_switches(command, &is_off))
		add_event(reader, &place, is_off ? &manual : &automatic);
	if (outline->describe_line == 0 && command->action == PSQL_DESCRIBE &&
		psql_argument_is_given(command))
	{
		outline->describe_path = place.path;
		outline->describe_line = place.line;
	}
	note_outer(reader, script_outer_command(command), &place);
	complain(reader, level, PROBLEM_INTERACTIVE, &place, question);
	complain(reader, PROBLEM_ERROR, PROBLEM_RESTRICTED, &place, refusal);
	pg_free(question);
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

	if (token->kind == SQL_VARIABLE)
		note_unseen(frame->reader, &statement.place);
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

	ARRAY_MAKE_ROOM(frame->query, frame->count);
	frame->query[frame->count++] = statement;
}

/* It takes psql to run the script, because of that line, or as a whole. */
static void
note_psql(ScriptOutline *outline, int line)
{
	if (!outline->needs_psql || line < outline->psql_line)
		outline->psql_line = line;
	outline->needs_psql = true;
}

/* The current query of the script itself is sent: note how it can be. */
static void
add_query(OutlineFrame *frame)
{
	ScriptOutline *outline = frame->reader->outline;
	PsqlScript *script = &frame->patches.script;
	const SqlLexer *lexer = &script->lexer;
	OutlineQuery *query;

	if (frame->count > 1 || frame->query[0].traits->is_for_psql)
		note_psql(outline, frame->query[0].place.line);
	if (frame->reader->bytes == NULL || outline->needs_psql)
		return;
	ARRAY_MAKE_ROOM(outline->queries, outline->query_count);
	query = &outline->queries[outline->query_count++];
	script_query_read(frame->reader->bytes, frame->rest, lexer->cursor,
					  &frame->query[0], &frame->reader->has_worked, query);
	query->line = psql_script_line(script, lexer->cursor);
	if (lexer->cursor == lexer->end && lexer->cursor[-1] == '\n')
		query->line--;
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
	if (script->sends_result && frame->count > 0)
		note_unseen(frame->reader, &frame->query[0].place);
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

	patch_reader_init(patches, file, bytes->text, bytes->length, 1, true);
	frame->text = frame->rest = script->lexer.cursor;
	if (frame->outer == NULL)
		patches->lookalikes = &frame->reader->lookalikes;
	psql_script_watch(script, &watcher);
	patch_reader_start(patches);
	read_queries(frame);
	if (frame->outer == NULL && script->for_psql != NULL)
		note_psql(frame->reader->outline,
				  psql_script_line(script, script->for_psql));
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
	patch_file_end(reader->outline->file, &reader->lookalikes);
}

/*
 * Look for what may stand in a string or a function, too.  What stays in the
 * process or has a connection of its own is not undone by DISCARD ALL.
 */
static void
look_into_bytes(OutlineReader *reader)
{
	ScriptOutline *outline = reader->outline;
	const FileBytes *bytes = reader->bytes;
	ScriptPlace place = {.path = reader->path};
	int			line;

	if (bytes == NULL)
	{
		note_psql(outline, 0);
		return;
	}
	line = script_query_odd_line(bytes);
	if (line > 0)
		note_psql(outline, line);
	place.line = script_query_mention(bytes->text, bytes->length, "dblink");
	if (place.line > 0)
		note_outer(reader, "dblink", &place);
	outline->marks_session |= place.line > 0 ||
		script_query_mention(bytes->text, bytes->length, "load '") > 0;
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
		!outline->directives->no_transaction;
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

/* Keep no more than is wanted. */
static void
trim(ScriptOutline *outline, bool wants_statements)
{
	if (!wants_statements)
	{
		pg_free(outline->statements);
		outline->statements = NULL;
		outline->statement_count = 0;
	}
	if (outline->query_count > 0)
		outline->queries = pg_realloc(outline->queries, outline->query_count *
									  sizeof(OutlineQuery));
}

ScriptOutline *
script_outline_read(const char *path, const FileBytes *bytes,
					bool wants_statements)
{
	ScriptOutline *outline = pg_malloc0(sizeof(ScriptOutline));
	OutlineReader reader = {.outline = outline, .path = path};
	FileBytes	own = {0};

	outline->file = pg_malloc0(sizeof(PatchFile));
	if (bytes != NULL && !bytes->is_mapped && !wants_statements)
		reader.bytes = bytes;
	reader.directory = pg_strdup("");
	if (bytes != NULL || file_bytes_open(&own, path))
		read_script(&reader, bytes != NULL ? bytes : &own);
	else
		problem_add(&outline->problems, PROBLEM_ERROR, NULL, 0,
					"could not read: %s", strerror(errno));
	look_into_bytes(&reader);
	complain(&reader, PROBLEM_ERROR, PROBLEM_RESTRICTED,
			 &reader.restriction.begin,
			 script_restriction_end(&reader.restriction));
	outline->directives = script_directive_keep(&reader.said);
	find_wrapping(outline);
	check_limit(outline, &outline->directives->lock_timeout);
	check_limit(outline, &outline->directives->retry_for);
	trim(outline, wants_statements);
	pg_free(reader.directory);
	file_bytes_free(&own);
	return outline;
}

bool
script_outline_is_whole(const ScriptOutline *outline)
{
	return !outline->directives->no_transaction && !outline->reconnects &&
		outline->is_atomic;
}

bool
script_outline_disables(const ScriptOutline *outline, ProblemKind kind)
{
	const SimpleStringListCell *cell = outline->directives->disabled.head;

	while (cell != NULL && strcmp(cell->val, problem_name(kind)) != 0)
		cell = cell->next;
	return cell != NULL;
}

void
script_outline_free(ScriptOutline *outline)
{
	if (outline->file != NULL)
		patch_file_free(outline->file);
	script_directive_free(outline->directives);
	simple_string_list_destroy(&outline->includes);
	simple_string_list_destroy(&outline->copied);
	problem_free(&outline->problems);
	problem_free(&outline->missing);
	pg_free(outline->statements);
	pg_free(outline->queries);
	pg_free(outline);
}
