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
script_patient_is(StatementWords words)
{
	return is_validation(words) || is_refresh(words);
}
