/*-------------------------------------------------------------------------
 *
 * script/transaction.c
 *		Whether a transaction is open, as a script goes on
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "psql/argument.h"
#include "script/transaction.h"

/* A transaction on the way to the parts of its script */
typedef struct PartsReader
{
	TransactionParts *parts;
	bool		has_work;		/* there is something in this transaction */
	bool		registers;		/* such as a registration, or its removal */
	int			second_line;	/* of the second transaction */
	int			other_line;		/* of the first that does not register */
} PartsReader;

/* A transaction begins, if none is open yet. */
static void
open_transaction(TransactionState *state, const ScriptPlace *place)
{
	if (state->status != TRANSACTION_OPEN)
		state->begin = *place;
	if (!place->is_doubtful)
		state->status = TRANSACTION_OPEN;
	else if (state->status == TRANSACTION_NONE)
		state->status = TRANSACTION_UNKNOWN;
}

/* The transaction ends, if one is open. */
static void
close_transaction(TransactionState *state, const ScriptPlace *place)
{
	if (!place->is_doubtful)
		state->status = TRANSACTION_NONE;
	else if (state->status == TRANSACTION_OPEN)
		state->status = TRANSACTION_UNKNOWN;
}

void
script_transaction_follow(TransactionState *state,
						  const ScriptStatement *statement)
{
	const ScriptPlace *place = &statement->place;

	switch (statement->traits->kind)
	{
		case STATEMENT_BEGIN:
			open_transaction(state, place);
			break;
		case STATEMENT_COMMIT:
		case STATEMENT_ROLLBACK:
		case STATEMENT_PREPARE:
			close_transaction(state, place);
			if (statement->traits->chains)
				open_transaction(state, place);
			break;
		case STATEMENT_CONNECT:
			state->status = TRANSACTION_NONE;
			break;
		case STATEMENT_MANUAL:
		case STATEMENT_AUTOMATIC:
			state->is_manual = statement->traits->kind == STATEMENT_MANUAL;
			break;
		case STATEMENT_FLAW:
			break;
		case STATEMENT_WORK:
		case STATEMENT_SETTING:
		case STATEMENT_FINISH:
		case STATEMENT_SAVEPOINT:
			/* With AUTOCOMMIT off, psql sends a BEGIN where it can */
			if (state->is_manual && state->status == TRANSACTION_NONE &&
				statement->traits->ban == NULL)
				open_transaction(state, place);
			break;
	}
}

bool
script_transaction_switches(const PsqlCommand *command, bool *is_off)
{
	PsqlCommand rest = *command;
	char	   *name;
	char	   *value = NULL;
	bool		result;

	if (command->action != PSQL_SET && command->action != PSQL_UNSET)
		return false;
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

/* The current transaction is committed, maybe. */
static void
end_transaction(PartsReader *reader, const TransactionState *old)
{
	if (old->status == TRANSACTION_NONE || !reader->has_work)
		return;
	if (++reader->parts->count > 1 && reader->second_line == 0)
		reader->second_line = old->begin.main_line;
	if (!reader->registers && reader->other_line == 0)
		reader->other_line = old->begin.main_line;
	reader->has_work = reader->registers = false;
}

/* There is work, in a transaction or alone. */
static void
see_work(PartsReader *reader, const ScriptStatement *statement)
{
	TransactionParts *parts = reader->parts;

	if (parts->transaction.status == TRANSACTION_OPEN)
	{
		reader->has_work = true;
		reader->registers |= statement->registrations > 0 ||
			statement->removals > 0;
	}
	else if (statement->number == 0)
	{
		parts->count++;
		if (parts->alone_line == 0)
			parts->alone_line = statement->place.main_line;
	}
}

/* A statement is run. */
static void
see_statement(PartsReader *reader, const ScriptStatement *statement)
{
	TransactionState old = reader->parts->transaction;
	StatementKind kind = statement->traits->kind;

	script_transaction_follow(&reader->parts->transaction, statement);
	if (kind == STATEMENT_COMMIT || kind == STATEMENT_PREPARE)
		end_transaction(reader, &old);
	else if (kind == STATEMENT_ROLLBACK && !statement->place.is_doubtful)
		reader->has_work = reader->registers = false;
	else if (kind == STATEMENT_WORK)
		see_work(reader, statement);
}

void
script_transaction_parts(const ScriptStatement *statements, int count,
						 bool is_wrapped, TransactionParts *parts)
{
	PartsReader reader = {.parts = parts};
	int			line;
	int			i;

	memset(parts, 0, sizeof(*parts));
	if (is_wrapped)
		parts->transaction.status = TRANSACTION_OPEN;
	for (i = 0; i < count; i++)
		see_statement(&reader, &statements[i]);

	/* What is left open is lost, so not all is kept where something is */
	end_transaction(&reader, &parts->transaction);

	line = is_wrapped || reader.other_line == 0 ?
		reader.second_line : reader.other_line;
	if (parts->alone_line > 0 && (is_wrapped || line == 0 ||
								  parts->alone_line < line))
		line = parts->alone_line;
	parts->outside_line = line;
}
