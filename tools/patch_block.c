/*-------------------------------------------------------------------------
 *
 * patch_block.c
 *		The calls that a block of PL/pgSQL runs
 *
 * In PL/pgSQL, almost everything is evaluated: assignments, conditions,
 * PERFORM, queries.  So every call counts, whatever branch it is in, but for
 * those in SQL statements that merely define something, and in cursors.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "patch_block.h"
#include "patch_statement.h"
#include "sql_constant.h"

/* What a new statement may follow without a semicolon */
static const char *const openings[] = {
	"begin", "declare", "then", "else", "loop", NULL
};

/* What is SQL and does not run all the calls in it */
static const char *const sql_statements[] = {
	"alter", "comment", "copy", "create", "do", "drop", "explain", "grant",
	"prepare", "revoke", "set", "security", NULL
};

/* EXECUTE: what it runs is not known before, but a constant may give a hint */
static void
watch_string(PatchReader *reader)
{
	char	   *text;

	if (reader->token.kind != SQL_STRING)
		return;
	text = sql_constant_decode(&reader->token);
	if (text != NULL && patch_reader_mentions(text, strlen(text)))
		patch_reader_complain(reader, COMPLAINT_WARNING, reader->token.start,
							  "a registration in a string that is EXECUTEd "
							  "is not read");
	pg_free(text);
}

/* May a new statement begin behind the key word at hand? */
static bool
at_opening(PatchReader *reader)
{
	return reader->script.parentheses == 0 &&
		patch_reader_at_one_of(reader, openings);
}

/* Is something assigned to a variable that is called like a command? */
static bool
at_assignment(const PatchReader *reader)
{
	static const char *const symbols[] = {":=", "=", ".", "["};
	SqlLexer	ahead = reader->script.lexer;
	SqlToken	token;
	size_t		i;

	sql_lexer_next(&ahead, &token);
	for (i = 0; i < lengthof(symbols); i++)
		if (sql_constant_is_symbol(&token, symbols[i]))
			return true;
	return false;
}

/* Read an ordinary statement, as far as the next may begin. */
static void
read_plain_statement(PatchReader *reader, bool is_declaration)
{
	static const char *const cursors[] = {"cursor", "scroll", "no", NULL};
	bool		is_dynamic = patch_reader_at(reader, "execute");

	patch_reader_forget_name(reader);
	if (patch_reader_at(reader, "open") && !at_assignment(reader))
	{
		patch_reader_skip_statement(reader);
		return;
	}
	patch_reader_step(reader);
	if (is_declaration && patch_reader_at_one_of(reader, cursors))
	{
		patch_reader_skip_statement(reader);
		return;
	}
	while (!patch_reader_at_end(reader) && !at_opening(reader))
	{
		is_dynamic |= patch_reader_at(reader, "execute");
		if (is_dynamic)
			watch_string(reader);
		patch_reader_step(reader);
	}
}

/* Read the whole text, the body of a DO block. */
void
patch_block_read(PatchReader *reader)
{
	bool		in_declarations = false;

	while (reader->token.kind != SQL_END)
	{
		if (reader->token.kind == SQL_UNTERMINATED)
		{
			patch_reader_end_hidden(reader);
			return;
		}
		if (patch_reader_at_symbol(reader, ";") || at_opening(reader))
		{
			if (patch_reader_at(reader, "declare"))
				in_declarations = true;
			else if (patch_reader_at(reader, "begin"))
				in_declarations = false;
			psql_script_begin_statement(&reader->script);
			patch_reader_advance(reader);
		}
		else if (patch_reader_at_one_of(reader, sql_statements) &&
				 !at_assignment(reader))
			patch_statement_read(reader);
		else
			read_plain_statement(reader, in_declarations);
	}
	patch_reader_end_query(reader);
}
