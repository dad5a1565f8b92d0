/*-------------------------------------------------------------------------
 *
 * script_outline.c
 *		The transactions and statements of a script
 *
 * All of a script is gone through, for it may end a transaction, or connect
 * anew, on its last line.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script_directive.h"
#include "script_outline.h"
#include "script_restriction.h"
#include "transaction_state.h"

/* A script on the way to its outline */
typedef struct OutlineReader
{
	ScriptOutline *outline;
	const char *path;
	ScriptDirectives directives;
	TransactionState transaction;
	ScriptRestriction restriction;
	ComplaintList refusals;		/* by psql, because of that */

	/*
	 * Each of these can be kept without the others: a transaction that is
	 * committed, and a statement outside of one.
	 */
	int			parts;
	int			alone_line;		/* of the first such statement */
	int			second_line;	/* of the second transaction */
	bool		has_text;		/* that of the script was seen */
} OutlineReader;

/* The transaction at hand is committed, maybe. */
static void
end_transaction(OutlineReader *reader, const TransactionState *old)
{
	if (old->status == TRANSACTION_NONE)
		return;
	if (++reader->parts > 1 && reader->second_line == 0)
		reader->second_line = old->begin.main_line;
}

/* There is work outside of a transaction, be it one query of several. */
static void
note_alone(OutlineReader *reader, const ScriptStatement *statement)
{
	if (statement->number > 0)
		return;
	reader->parts++;
	if (reader->alone_line == 0)
		reader->alone_line = statement->place.main_line;
}

static void
see_statement(void *state, const ScriptStatement *statement)
{
	OutlineReader *reader = (OutlineReader *) state;
	TransactionState old = reader->transaction;

	switch (transaction_state_follow(&reader->transaction, statement))
	{
		case STATEMENT_COMMIT:
		case STATEMENT_PREPARE:
			end_transaction(reader, &old);
			reader->outline->has_transaction = true;
			break;
		case STATEMENT_BEGIN:
		case STATEMENT_ROLLBACK:
			reader->outline->has_transaction = true;
			break;
		case STATEMENT_WORK:
			if (reader->transaction.status != TRANSACTION_OPEN)
				note_alone(reader, statement);
			break;
		default:
			break;
	}
}

/* The path of a complaint: none if it is about the script itself */
static const char *
complaint_path(const OutlineReader *reader, const ScriptPlace *place)
{
	return place->path == reader->path ? NULL : place->path;
}

/*
 * What these commands change can be put back by none: environment variables
 * of psql, and what \connect leaves behind it.
 */
static void
see_command(void *state, const ScriptPlace *place, const PsqlCommand *command)
{
	OutlineReader *reader = (OutlineReader *) state;
	char	   *refusal = script_restriction_obey(&reader->restriction, place,
												  command);

	if (transaction_state_obey(&reader->transaction, command))
		reader->outline->has_transaction = true;
	if (command->action == PSQL_CONNECT || command->action == PSQL_SETENV)
		reader->outline->changes_session = true;
	if (refusal != NULL)
		complaint_add(&reader->refusals, COMPLAINT_ERROR,
					  complaint_path(reader, place), place->line, "%s",
					  refusal);
	pg_free(refusal);
}

/*
 * All of a file.  Only the script itself matters: without a backslash it does
 * not include anything either.
 */
static void
see_text(void *state, const char *text, size_t length)
{
	OutlineReader *reader = (OutlineReader *) state;

	if (!reader->has_text)
		reader->outline->has_no_command =
			memchr(text, '\\', length) == NULL;
	reader->has_text = true;
}

static void
see_comment(void *state, const ScriptPlace *place, const char *text,
			size_t length)
{
	OutlineReader *reader = (OutlineReader *) state;
	ScriptPlace named = *place;

	named.path = complaint_path(reader, place);
	script_directive_read(&named, text, length, &reader->directives,
						  &reader->outline->complaints);
}

/* Add what psql would refuse to the complaints. */
static void
add_refusals(OutlineReader *reader)
{
	ScriptOutline *outline = reader->outline;
	const ScriptPlace *begin = &reader->restriction.begin;
	const char *refusal = script_restriction_end(&reader->restriction);
	int			i;

	if (refusal != NULL)
		complaint_add(&reader->refusals, COMPLAINT_ERROR,
					  complaint_path(reader, begin), begin->line, "%s",
					  refusal);
	outline->directive_complaints = outline->complaints.count;
	for (i = 0; i < reader->refusals.count; i++)
		complaint_add(&outline->complaints, COMPLAINT_ERROR,
					  reader->refusals.items[i].path,
					  reader->refusals.items[i].line, "%s",
					  reader->refusals.items[i].text);
	complaint_free(&reader->refusals);
}

/*
 * Read the script of that path.  What is wrong with it is among the
 * complaints.  Free the result with script_outline_free.
 */
ScriptOutline *
script_outline_read(const char *path)
{
	ScriptOutline *outline = pg_malloc0(sizeof(ScriptOutline));
	OutlineReader reader;
	ScriptVisitor visitor;

	memset(&reader, 0, sizeof(reader));
	reader.outline = outline;
	reader.path = path;
	visitor.text = see_text;
	visitor.statement = see_statement;
	visitor.comment = see_comment;
	visitor.command = see_command;
	visitor.missing = NULL;
	visitor.state = &reader;
	if (!script_walk(path, &visitor, &outline->includes))
		complaint_add(&outline->complaints, COMPLAINT_ERROR, NULL, 0,
					  "could not read file: %s", strerror(errno));

	/* What is left open is lost, so not all is kept where something is */
	end_transaction(&reader, &reader.transaction);
	add_refusals(&reader);
	outline->no_transaction = reader.directives.no_transaction;
	outline->disabled = reader.directives.disabled;
	outline->is_atomic = reader.parts <= 1 ||
		(!outline->has_transaction && !outline->no_transaction);
	if (!outline->is_atomic)
		outline->outside_line = reader.alone_line > 0 ?
			reader.alone_line : reader.second_line;
	return outline;
}

/* Free an outline and all that it holds. */
void
script_outline_free(ScriptOutline *outline)
{
	simple_string_list_destroy(&outline->disabled);
	simple_string_list_destroy(&outline->includes);
	complaint_free(&outline->complaints);
	pg_free(outline);
}
