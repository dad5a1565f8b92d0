/*-------------------------------------------------------------------------
 *
 * script/single.c
 *		Whether a script can share a transaction with others
 *
 * It can if it is one transaction and that is like any other: its BEGIN and
 * COMMIT are left out then.  Before it registers a patch, it must not do
 * anything, as that would be taken for a part of the patch before.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/single.h"

/* What has been seen of a script */
typedef struct SingleReader
{
	int			begins;
	bool		registers;		/* it has registered a patch */
	char		text[128];		/* of an obstacle */
} SingleReader;

/* Does a BEGIN, or SET, say what its transaction is to be like? */
static bool
has_characteristics(StatementWords words)
{
	if (sql_words_accept(&words, "set"))
	{
		if (!sql_words_accept(&words, "local"))
			(void) sql_words_accept(&words, "session");
		return sql_words_at(&words, "transaction") ||
			sql_constant_is(&words.token, "transaction_isolation") ||
			sql_constant_is(&words.token, "transaction_read_only") ||
			sql_constant_is(&words.token, "transaction_deferrable");
	}
	if (!sql_words_accept(&words, "begin") &&
		!sql_words_accept(&words, "start"))
		return false;
	if (!sql_words_accept(&words, "work"))
		(void) sql_words_accept(&words, "transaction");
	return !sql_words_at_end(&words) && !sql_words_at_symbol(&words, ";");
}

/* What keeps a statement from being in a transaction with others, or NULL. */
static const char *
find_obstacle(SingleReader *reader, const OutlineQuery *query,
			  StatementWords words)
{
	const StatementTraits *traits = script_statement_traits(words);

	if (traits->ban != NULL)
	{
		snprintf(reader->text, sizeof(reader->text), "%s cannot run inside a "
				 "transaction block", traits->ban);
		return reader->text;
	}
	if (has_characteristics(words))
		return "this says what its transaction is to be like";
	switch (query->kind)
	{
		case STATEMENT_BEGIN:
			return reader->begins++ > 0 ? "this begins a second transaction" :
				NULL;
		case STATEMENT_COMMIT:
			return query->chains ? "this begins a second transaction" : NULL;
		case STATEMENT_ROLLBACK:
		case STATEMENT_PREPARE:
		case STATEMENT_FINISH:
			return "this ends a transaction otherwise than by COMMIT";
		case STATEMENT_WORK:
			reader->registers |= query->registers;
			return reader->registers ? NULL :
				"this does something before the patch is registered, so that "
				"it would be taken for a part of another one";
		default:
			return NULL;
	}
}

const char *
script_single_obstacle(const ScriptOutline *outline, const FileBytes *bytes,
					   int *line)
{
	static SingleReader reader;
	int			i;

	memset(&reader, 0, sizeof(reader));
	*line = outline->psql_line;
	if (outline->needs_psql)
		return *line > 0 ? "it takes psql to run this" :
			"it takes psql to run this file";
	if (outline->directives->no_transaction)
		return "a comment says that this file is to be run without a "
			"transaction";
	*line = outline->outside_line;
	if (!script_outline_is_whole(outline))
		return "this is outside the transaction of the file";
	for (i = 0; i < outline->query_count; i++)
	{
		const OutlineQuery *query = &outline->queries[i];
		StatementWords words;
		const char *result;

		sql_words_init(&words, bytes->text + query->start, query->length);
		result = find_obstacle(&reader, query, words);
		*line = query->line;
		if (result != NULL)
			return result;
	}
	return NULL;
}

bool
script_single_is_frame(const OutlineQuery *query)
{
	return query->kind == STATEMENT_BEGIN || query->kind == STATEMENT_COMMIT;
}
