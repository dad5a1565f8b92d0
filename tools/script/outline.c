/*-------------------------------------------------------------------------
 *
 * script/outline.c
 *		The transactions and statements of a script
 *
 * All of a script is gone through, for it may end a transaction, or connect
 * anew, on its last line.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "psql/argument.h"
#include "script/directive.h"
#include "script/outer.h"
#include "script/outline.h"
#include "script/patient.h"
#include "script/restriction.h"
#include "script/transaction.h"

/*
 * What can be kept without the rest: a transaction that is committed, and a
 * statement outside one.
 */
typedef struct OutlineParts
{
	TransactionState transaction;
	bool		has_work;		/* there is something in this transaction */
	bool		registers;		/* such as a registration, or its removal */
	int			count;
	int			alone_line;		/* of the first such statement */
	int			second_line;	/* of the second transaction */
	int			other_line;		/* of the first that does not register */
} OutlineParts;

/* A script on the way to its outline */
typedef struct OutlineReader
{
	ScriptOutline *outline;
	const char *path;
	const FileBytes *bytes;
	ScriptDirectives directives;
	OutlineParts own;			/* if it is run as it is */
	OutlineParts wrapped;		/* if there is a transaction around it */
	ScriptRestriction restriction;
	bool		registers;		/* the last statement, or takes back */
	bool		has_worked;		/* this transaction has done more than that */
} OutlineReader;

/* The current transaction is committed, maybe. */
static void
end_transaction(OutlineParts *parts, const TransactionState *old)
{
	if (old->status == TRANSACTION_NONE || !parts->has_work)
		return;
	if (++parts->count > 1 && parts->second_line == 0)
		parts->second_line = old->begin.main_line;
	if (!parts->registers && parts->other_line == 0)
		parts->other_line = old->begin.main_line;
	parts->has_work = false;
	parts->registers = false;
}

/* There is work outside a transaction, also as one query of several. */
static void
note_alone(OutlineParts *parts, const ScriptStatement *statement)
{
	if (statement->number > 0)
		return;
	parts->count++;
	if (parts->alone_line == 0)
		parts->alone_line = statement->place.main_line;
}

/* A statement is run.  Returns its kind. */
static StatementKind
follow_statement(OutlineParts *parts, const ScriptStatement *statement)
{
	TransactionState old = parts->transaction;
	StatementKind kind = script_transaction_follow(&parts->transaction,
												   statement);

	if (kind == STATEMENT_COMMIT || kind == STATEMENT_PREPARE)
		end_transaction(parts, &old);
	else if (kind == STATEMENT_ROLLBACK && !statement->place.is_doubtful)
		parts->has_work = parts->registers = false;
	else if (kind == STATEMENT_WORK &&
			 parts->transaction.status == TRANSACTION_OPEN)
	{
		parts->has_work = true;
		parts->registers |= statement->registrations > 0 ||
			statement->removals > 0;
	}
	else if (kind == STATEMENT_WORK)
		note_alone(parts, statement);
	return kind;
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

static void
see_statement(void *state, const ScriptStatement *statement)
{
	OutlineReader *reader = (OutlineReader *) state;
	StatementWords words;

	sql_words_init(&words, statement->text, statement->length,
				   statement->standard_strings);
	note_outer(reader, script_outer_statement(words), &statement->place);
	reader->registers = statement->registrations > 0 ||
		statement->removals > 0;
	(void) follow_statement(&reader->wrapped, statement);
	if (follow_statement(&reader->own, statement) == STATEMENT_BEGIN &&
		!statement->place.is_doubtful)
		reader->outline->has_transaction = true;
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

static void
see_flaw(void *state, const ScriptPlace *place, const char *text)
{
	complain((OutlineReader *) state, PROBLEM_ERROR, PROBLEM_NOT_UNDERSTOOD,
			 place, "%s", text);
}

static void
see_missing(void *state, const ScriptPlace *place, const char *path,
			const char *reason)
{
	OutlineReader *reader = (OutlineReader *) state;

	problem_found(&reader->outline->missing, PROBLEM_MISSING_INCLUDE,
				  problem_path(reader, place), place->line,
				  "could not include \"%s\": %s", path, reason);
	if (strcmp(reason, SCRIPT_WALK_LOOP) == 0)
		reader->outline->includes_itself = true;
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

/* Does psql stop at this \d or its like if there is no such thing? */
static bool
may_find_nothing(const PsqlCommand *command)
{
	static const char *const names[] = {
		"d", "d+", "dS", "dS+", "d+S", "dx+", "dF+", "dFp+", "dRp+"
	};
	size_t		length = command->arguments - command->name;
	PsqlCommand rest = *command;
	char	   *pattern = NULL;
	size_t		i;

	for (i = 0; i < lengthof(names); i++)
		if (strlen(names[i]) == length &&
			strncmp(command->name, names[i], length) == 0)
		{
			bool		result = psql_argument_next(&rest, &pattern);

			pg_free(pattern);
			return result;
		}
	return false;
}

static void
see_command(void *state, const ScriptPlace *place, const PsqlCommand *command)
{
	OutlineReader *reader = (OutlineReader *) state;
	char	   *refusal = script_restriction_obey(&reader->restriction, place,
												  command);

	(void) script_transaction_obey(&reader->wrapped.transaction, command);
	if (script_transaction_obey(&reader->own.transaction, command) &&
		!place->is_doubtful)
		reader->outline->has_transaction = true;
	if (command->action == PSQL_CONNECT)
		reader->outline->reconnects = true;
	if (reader->outline->describe_line == 0 && may_find_nothing(command))
	{
		reader->outline->describe_path = place->path;
		reader->outline->describe_line = place->line;
	}
	note_outer(reader, script_outer_command(command), place);
	watch_for_questions(reader, place, command);
	if (refusal != NULL)
		complain(reader, PROBLEM_ERROR, PROBLEM_RESTRICTED, place, "%s",
				 refusal);
	pg_free(refusal);
}

/*
 * Is this a statement that only psql runs as it should be run: one that copies
 * data from or to the client, has the server send what psql would print, or
 * changes what the bytes of the script mean?
 */
static bool
is_for_psql(StatementWords words)
{
	if (sql_words_at(&words, "copy") ||
		sql_words_at(&words, "listen"))
		return true;
	if (!sql_words_accept(&words, "set"))
		return false;
	if (!sql_words_accept(&words, "session"))
		(void) sql_words_accept(&words, "local");
	return sql_words_at(&words, "names");
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

static void
see_query(void *state, const ScriptQuery *query)
{
	OutlineReader *reader = (OutlineReader *) state;
	ScriptOutline *outline = reader->outline;
	OutlineQuery *new;
	StatementWords words;

	sql_words_init(&words, query->text, query->length,
				   query->standard_strings);
	if (query->statements > 1 || is_for_psql(words))
		outline->needs_psql = true;
	if (sql_words_at(&words, "load"))
		outline->marks_session = true;
	if (reader->bytes == NULL || outline->needs_psql)
		return;

	/* Powers of two are when the room is used up */
	if ((outline->query_count & (outline->query_count - 1)) == 0)
		outline->queries = pg_realloc(outline->queries,
									  Max(1, 2 * outline->query_count) *
									  sizeof(OutlineQuery));
	new = &outline->queries[outline->query_count++];
	new->start = (uint32) (query->text - reader->bytes->text);
	new->length = (uint32) query->length;
	new->line = query->line;
	new->kind = script_statement_kind(words, &new->chains);
	new->may_warn = may_warn(&words);
	new->is_patient = script_patient_follow(&reader->has_worked, new->kind,
											reader->registers, words);
}

static void
see_end(void *state, bool needs_psql)
{
	OutlineReader *reader = (OutlineReader *) state;

	reader->outline->needs_psql |= needs_psql;
}

/* The line of a word, in small letters, somewhere in a text, or 0. */
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

/* Is a word, in small letters, somewhere in a text, maybe in larger ones? */
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
	ScriptPlace place = {reader->path, 0, 0, false};

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

static void
see_comment(void *state, const ScriptPlace *place, const char *text,
			size_t length)
{
	OutlineReader *reader = (OutlineReader *) state;
	ScriptPlace named = *place;

	named.path = problem_path(reader, place);
	script_directive_read(&named, text, length, &reader->directives,
						  &reader->outline->problems);
}

static void
see_aside(void *state, const ScriptPlace *place, const char *text,
		  size_t length)
{
	OutlineReader *reader = (OutlineReader *) state;
	ScriptPlace named = *place;

	named.path = problem_path(reader, place);
	script_directive_refuse(&named, text, length, &reader->outline->problems);
}

/* The first line of what is not in the transaction that registers */
static int
find_outside(const OutlineParts *parts, bool is_wrapped)
{
	int			line = is_wrapped || parts->other_line == 0 ?
		parts->second_line : parts->other_line;

	if (parts->alone_line == 0)
		return line;
	return is_wrapped || line == 0 ? parts->alone_line :
		Min(line, parts->alone_line);
}

/* Know whether it is to have a transaction of ours, and what that means. */
static void
find_wrapping(OutlineReader *reader)
{
	ScriptOutline *outline = reader->outline;
	OutlineParts *parts;

	outline->is_wrapped = !outline->has_transaction &&
		!outline->no_transaction;
	parts = outline->is_wrapped ? &reader->wrapped : &reader->own;
	outline->ends_wrapping = outline->is_wrapped &&
		parts->transaction.status == TRANSACTION_NONE;
	outline->may_end_wrapping = outline->is_wrapped &&
		parts->transaction.status != TRANSACTION_OPEN;

	/* What is left open is lost, so not all is kept where something is */
	end_transaction(parts, &parts->transaction);
	outline->is_atomic = parts->count <= 1 &&
		!(outline->is_wrapped && parts->alone_line > 0);
	if (!outline->is_atomic)
		outline->outside_line = find_outside(parts, outline->is_wrapped);
}

/* Complain of a limit that means nothing to this file. */
static void
check_limit(OutlineReader *reader, const DirectiveLimit *limit)
{
	if (limit->line > 0 && !script_outline_is_whole(reader->outline))
		problem_add_kind(&reader->outline->problems, PROBLEM_ERROR,
						 PROBLEM_UNKNOWN_DIRECTIVE, limit->path, limit->line,
						 "this means nothing here: the file is not run in "
						 "one transaction, so it is not tried again");
}

ScriptOutline *
script_outline_read(const char *path, const FileBytes *bytes)
{
	ScriptOutline *outline = pg_malloc0(sizeof(ScriptOutline));
	OutlineReader reader;
	ScriptVisitor visitor;
	const char *refusal;

	memset(&reader, 0, sizeof(reader));
	reader.outline = outline;
	reader.path = path;
	reader.bytes = bytes;
	reader.wrapped.transaction.status = TRANSACTION_OPEN;
	visitor.statement = see_statement;
	visitor.comment = see_comment;
	visitor.aside = see_aside;
	visitor.command = see_command;
	visitor.missing = see_missing;
	visitor.flaw = see_flaw;
	visitor.query = see_query;
	visitor.end = see_end;
	visitor.state = &reader;
	if (!script_walk(path, bytes, &visitor, &outline->includes))
		problem_add(&outline->problems, PROBLEM_ERROR, NULL, 0,
					"could not read file: %s", strerror(errno));
	look_into_bytes(&reader);
	refusal = script_restriction_end(&reader.restriction);
	if (refusal != NULL)
		complain(&reader, PROBLEM_ERROR, PROBLEM_RESTRICTED,
				 &reader.restriction.begin, "%s", refusal);
	outline->no_transaction = reader.directives.no_transaction;
	outline->disabled = reader.directives.disabled;
	outline->lock_timeout = reader.directives.lock_timeout;
	outline->retry_for = reader.directives.retry_for;
	find_wrapping(&reader);
	check_limit(&reader, &outline->lock_timeout);
	check_limit(&reader, &outline->retry_for);
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
	simple_string_list_destroy(&outline->disabled);
	simple_string_list_destroy(&outline->includes);
	problem_free(&outline->problems);
	problem_free(&outline->missing);
	pg_free(outline->queries);
	pg_free(outline);
}
