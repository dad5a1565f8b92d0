/*-------------------------------------------------------------------------
 *
 * script/query.c
 *		The queries of a script that can be sent without psql
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/query.h"

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

void
script_query_read(const FileBytes *bytes, const char *start, const char *end,
				  const ScriptStatement *statement, bool *has_worked,
				  OutlineQuery *query)
{
	StatementWords words;

	start = pass_blanks(start, end);
	sql_words_init(&words, start, end - start);
	query->start = (uint32) (start - bytes->text);
	query->length = (uint32) (end - start);
	query->kind = statement->traits->kind;
	query->chains = statement->traits->chains;
	query->registers = statement->registrations > 0;
	query->may_warn = may_warn(&words);
	query->is_patient = follow_patience(has_worked, statement);
}

int
script_query_mention(const char *text, size_t length, const char *word)
{
	size_t		word_length = strlen(word);
	const char *p = text;
	const char *end = p + length;
	char		upper = pg_ascii_toupper((unsigned char) *word);

	while ((size_t) (end - p) >= word_length &&
		   ((*p != *word && *p != upper) ||
			pg_strncasecmp(p, word, word_length) != 0))
		p++;
	return (size_t) (end - p) < word_length ? 0 :
		1 + sql_lexer_newlines(text, p);
}

int
script_query_odd_line(const FileBytes *bytes)
{
	static const char *const words[] = {
		"standard_conforming_strings", "client_encoding", "pg_cursors"
	};
	int			line = 0;
	size_t		i;

	for (i = 0; line == 0 && i < lengthof(words); i++)
		line = script_query_mention(bytes->text, bytes->length, words[i]);
	return line;
}
