/*-------------------------------------------------------------------------
 *
 * script/patient.c
 *		Statements that keep nobody waiting while they wait for a lock
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/patient.h"

/* Pass a name, which may have a schema. */
static void
pass_name(StatementWords *words)
{
	sql_words_next(words);
	while (sql_words_at_symbol(words, "."))
	{
		sql_words_next(words);
		sql_words_next(words);
	}
}

/* ALTER TABLE ... VALIDATE CONSTRAINT, which does nothing else */
static bool
is_validation(StatementWords words)
{
	if (!sql_words_accept(&words, "alter") ||
		!sql_words_accept(&words, "table"))
		return false;
	if (sql_words_accept(&words, "if"))
		(void) sql_words_accept(&words, "exists");
	(void) sql_words_accept(&words, "only");
	pass_name(&words);
	if (!sql_words_accept(&words, "validate") ||
		!sql_words_accept(&words, "constraint"))
		return false;
	sql_words_next(&words);
	return sql_words_at_end(&words) || sql_words_at_symbol(&words, ";");
}

/* REFRESH MATERIALIZED VIEW CONCURRENTLY */
static bool
is_refresh(StatementWords words)
{
	return sql_words_accept(&words, "refresh") &&
		sql_words_accept(&words, "materialized") &&
		sql_words_accept(&words, "view") &&
		sql_words_at(&words, "concurrently");
}

bool
script_patient_follow(bool *worked, StatementKind kind, bool registers,
					  StatementWords words)
{
	bool		is_first = !*worked;

	switch (kind)
	{
		case STATEMENT_BEGIN:
		case STATEMENT_COMMIT:
		case STATEMENT_ROLLBACK:
		case STATEMENT_PREPARE:
			*worked = false;
			return false;
		case STATEMENT_WORK:
			*worked |= !registers;
			return is_first && (is_validation(words) || is_refresh(words));
		default:
			*worked |= sql_words_at(&words, "lock");
			return false;
	}
}
