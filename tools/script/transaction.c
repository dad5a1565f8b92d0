/*-------------------------------------------------------------------------
 *
 * script/transaction.c
 *		Whether a transaction is open, as a script goes on
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "psql/argument.h"
#include "script/ban.h"
#include "script/transaction.h"

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

StatementKind
script_transaction_follow(TransactionState *state,
						  const ScriptStatement *statement)
{
	const ScriptPlace *place = &statement->place;
	StatementWords words;
	StatementKind kind;
	bool		chains;

	sql_words_init(&words, statement->text, statement->length,
				   statement->standard_strings);
	kind = script_statement_kind(words, &chains);
	switch (kind)
	{
		case STATEMENT_BEGIN:
			open_transaction(state, place);
			break;
		case STATEMENT_COMMIT:
		case STATEMENT_ROLLBACK:
		case STATEMENT_PREPARE:
			close_transaction(state, place);
			if (chains)
				open_transaction(state, place);
			break;
		default:
			/* With AUTOCOMMIT off, psql sends a BEGIN where it can */
			if (state->is_manual && state->status == TRANSACTION_NONE &&
				script_ban_find(words) == NULL)
				open_transaction(state, place);
			break;
	}
	return kind;
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

bool
script_transaction_obey(TransactionState *state, const PsqlCommand *command)
{
	switch (command->action)
	{
		case PSQL_SET:
		case PSQL_UNSET:
			return sets_autocommit(command, &state->is_manual) &&
				state->is_manual;
		case PSQL_CONNECT:
			state->status = TRANSACTION_NONE;
			return false;
		default:
			return false;
	}
}
