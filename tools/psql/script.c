/*-------------------------------------------------------------------------
 *
 * psql/script.c
 *		A script as the server gets it from psql
 *
 * Sits between the lexer and who wants to know what a script does, and does
 * what psql's main loop does: it obeys meta-commands, leaves out what an \if
 * leaves out, passes over COPY data, and says when a query is sent.  The
 * stream of tokens that comes out is what the server sees, with SQL_SEND
 * after each query, and SQL_DISCARD instead where psql forgets it.
 *
 * The same stream serves for a text that psql does not look into, the body
 * of a DO block: then it has plain tokens only, semicolons among them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/array.h"
#include "psql/argument.h"
#include "psql/script.h"
#include "sql/constant.h"

void
psql_script_init(PsqlScript *script, const char *text, size_t length,
				 int first_line, bool is_script)
{
	memset(script, 0, sizeof(*script));
	sql_lexer_init(&script->lexer, text, length);
	script->lexer.is_script = is_script;
	script->counted = text;
	script->line = first_line;

	/* psql passes over a byte order mark */
	if (is_script && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		script->lexer.cursor += 3;
}

void
psql_script_free(PsqlScript *script)
{
	pg_free(script->branches);
	script->branches = NULL;
}

int
psql_script_line(PsqlScript *script, const char *place)
{
	if (place < script->counted)
		script->line -= sql_lexer_newlines(place, script->counted);
	else
		script->line += sql_lexer_newlines(script->counted, place);
	script->counted = place;
	return script->line;
}

/* The innermost \if, or NULL. */
static PsqlBranch *
innermost(const PsqlScript *script)
{
	return script->depth > 0 ? &script->branches[script->depth - 1] : NULL;
}

/* Do the lines here run, as far as one can tell? */
static bool
is_active(const PsqlScript *script)
{
	return script->depth == 0 || innermost(script)->is_active;
}

bool
psql_script_is_doubtful(const PsqlScript *script)
{
	return script->depth > 0 && innermost(script)->is_doubtful;
}

/* Enter the branch after \if, \elif or \else with such a condition. */
static void
enter_branch(PsqlScript *script, PsqlCondition condition)
{
	PsqlBranch *branch = innermost(script);
	bool		outer_doubt = script->depth > 1 && branch[-1].is_doubtful;

	branch->is_active = !branch->is_taken && condition != PSQL_FALSE;
	branch->is_doubtful = outer_doubt || branch->may_be_taken ||
		condition == PSQL_DEPENDS;
	branch->may_be_taken |= condition != PSQL_FALSE;
	branch->is_taken |= condition == PSQL_TRUE;
}

/* \if: one level more.  Where nothing runs, no branch of it will. */
static void
push_branch(PsqlScript *script, PsqlCondition condition)
{
	bool		is_reached = is_active(script);

	ARRAY_MAKE_ROOM(script->branches, script->depth);
	memset(&script->branches[script->depth++], 0, sizeof(PsqlBranch));
	innermost(script)->is_taken = !is_reached;
	enter_branch(script, condition);
}

/* The next word is the first of a statement. */
static void
begin_statement(PsqlScript *script)
{
	script->words = 0;
	script->is_routine = false;
	script->blocks = 0;
}

/* The query buffer is empty again. */
static void
forget_query(PsqlScript *script)
{
	script->has_query = false;
	script->parentheses = 0;
	script->copies = 0;
	begin_statement(script);
}

/*
 * Pass the data of a COPY ... FROM stdin.  It begins on the line that psql
 * has not read yet and ends with "\." on a line of its own; what is left
 * of the current line comes after it.
 */
static void
pass_copy_data(PsqlScript *script)
{
	SqlLexer   *lexer = &script->lexer;
	const char *end = lexer->end;
	const char *p;

	if (lexer->splice == NULL || lexer->splice < lexer->cursor)
	{
		p = memchr(lexer->cursor, '\n', end - lexer->cursor);
		lexer->splice = p == NULL ? end : p;
		lexer->resume = p == NULL ? end : p + 1;
	}

	script->endless_data = lexer->resume;
	for (p = lexer->resume; p < end;)
	{
		const char *newline = memchr(p, '\n', end - p);
		size_t		length = (newline == NULL ? end : newline) - p;
		bool		is_last = newline != NULL && p[0] == '\\' &&
			((length == 2 && p[1] == '.') ||
			 (length == 3 && p[1] == '.' && p[2] == '\r'));

		p = newline == NULL ? end : newline + 1;
		if (is_last)
		{
			script->endless_data = NULL;
			break;
		}
	}
	lexer->resume = p;
}

void
psql_script_expect_copy_data(PsqlScript *script)
{
	if (script->lexer.is_script)
		script->copies++;
}

/* The query ends: what is open in it will never be closed. */
static void
note_unclosed(PsqlScript *script)
{
	script->unclosed = script->parentheses > 0 ? script->parenthesis :
		script->blocks > 0 ? script->block : NULL;
	if (script->for_psql == NULL)
		script->for_psql = script->unclosed;
}

/* Make the token say that the query is sent, and do what this entails. */
static void
send_query(PsqlScript *script, SqlToken *token)
{
	token->kind = SQL_SEND;
	script->sends_result = false;
	note_unclosed(script);
	while (script->copies-- > 0)
		pass_copy_data(script);
	forget_query(script);
}

/*
 * psql 14 and later watches the words of CREATE [OR REPLACE] FUNCTION or
 * PROCEDURE for BEGIN ... END, to know which semicolons are in the body.
 */
static void
watch_word(PsqlScript *script, const SqlToken *token)
{
	int			number = script->words++;

	if (number == 0)
		script->is_create = sql_constant_is_keyword(token, "create");
	else if (number < 4 && script->is_create)
		script->is_routine |= sql_constant_is_keyword(token, "function") ||
			sql_constant_is_keyword(token, "procedure");
	if (!script->is_routine || script->parentheses > 0)
		return;

	if (sql_constant_is_keyword(token, "begin"))
	{
		if (script->blocks++ == 0)
			script->block = token->start;
	}
	else if (sql_constant_is_keyword(token, "case") && script->blocks > 0)
		script->blocks++;
	else if (sql_constant_is_keyword(token, "end") && script->blocks > 0)
		script->blocks--;
}

bool
psql_script_at_end(const PsqlScript *script)
{
	switch (script->token.kind)
	{
		case SQL_END:
		case SQL_SEND:
		case SQL_DISCARD:
		case SQL_UNTERMINATED:
			return true;
		default:
			return script->parentheses == 0 && script->blocks == 0 &&
				sql_constant_is_symbol(&script->token, ";");
	}
}

/* Show a meta-command that is run to the one who watches. */
static void
show_command(const PsqlScript *script, const PsqlCommand *command)
{
	if (script->watcher != NULL)
		script->watcher->see_command(script->watcher->state, command);
}

/*
 * Obey the meta-command at the lexer's cursor.  Returns true if the token
 * is to be handed on.
 */
static bool
obey_command(PsqlScript *script, SqlToken *token)
{
	SqlLexer   *lexer = &script->lexer;
	PsqlCommand command;

	/* \; and \: are ordinary characters of the query */
	if (lexer->cursor < lexer->end &&
		(*lexer->cursor == ';' || *lexer->cursor == ':'))
	{
		token->kind = SQL_SYMBOL;
		token->start = lexer->cursor++;
		if (*token->start == ';')
			begin_statement(script);
		return is_active(script);
	}

	psql_command_read(lexer, &command);
	switch (command.action)
	{
		case PSQL_IF:
			if (is_active(script))
				show_command(script, &command);
			push_branch(script, psql_argument_condition(&command));
			return false;
		case PSQL_ELIF:
			if (script->depth == 0)
				return false;
			if (!innermost(script)->is_taken)
				show_command(script, &command);
			enter_branch(script, psql_argument_condition(&command));
			return false;
		case PSQL_ELSE:
			if (script->depth > 0)
				enter_branch(script, PSQL_TRUE);
			return false;
		case PSQL_ENDIF:
			if (script->depth > 0)
				script->depth--;
			return false;
		default:
			break;
	}

	if (!is_active(script))
		return false;
	show_command(script, &command);
	switch (command.action)
	{
		case PSQL_SEND:
		case PSQL_SEND_RESULT:
			send_query(script, token);
			script->sends_result = command.action == PSQL_SEND_RESULT;
			return true;
		case PSQL_DISCARD:
			forget_query(script);
			token->kind = SQL_DISCARD;
			return true;
		case PSQL_QUIT:
			/* Under a condition that may not hold, the rest may run */
			if (!psql_script_is_doubtful(script))
			{
				lexer->end = lexer->cursor;
				lexer->splice = NULL;
			}
			return false;
		case PSQL_COPY_IN:
			pass_copy_data(script);
			return false;
		default:
			return false;
	}
}

/* Note what a token changes for the tokens to come. */
static void
follow(PsqlScript *script, const SqlToken *token)
{
	char		c = token->kind == SQL_SYMBOL ? *token->start : '\0';

	script->has_query = true;
	if (token->kind == SQL_IDENTIFIER && token->spelling == SQL_BARE &&
		script->lexer.is_script)
		watch_word(script, token);
	else if (c == '(')
	{
		if (script->parentheses++ == 0)
			script->parenthesis = token->start;
	}
	else if (c == ')' && script->parentheses > 0)
		script->parentheses--;
}

/*
 * Is this token one that psql does something about, or that the server takes
 * in another way from us than from psql?  It warns of long identifiers before
 * it begins with a statement, and $1 has a value only where we send one.
 */
static bool
is_for_psql(const SqlToken *token)
{
	return token->kind == SQL_BACKSLASH || token->kind == SQL_VARIABLE ||
		token->kind == SQL_UNTERMINATED || token->kind == SQL_PARAMETER ||
		(token->kind == SQL_IDENTIFIER && token->length >= NAMEDATALEN);
}

void
psql_script_next(PsqlScript *script)
{
	SqlToken   *token = &script->token;

	for (;;)
	{
		sql_lexer_next(&script->lexer, token);
		if (script->for_psql == NULL && is_for_psql(token))
			script->for_psql = token->start;

		if (token->kind == SQL_BACKSLASH)
		{
			if (obey_command(script, token))
				return;
			continue;
		}
		if (token->kind == SQL_END)
		{
			if (!script->lexer.is_script)
				note_unclosed(script);
			else if (script->has_query)
				send_query(script, token);
			return;
		}
		if (!is_active(script))
			continue;
		if (token->kind == SQL_COMMENT)
		{
			script->watcher->see_comment(script->watcher->state, token);
			continue;
		}
		if (script->lexer.is_script && script->parentheses == 0 &&
			script->blocks == 0 && sql_constant_is_symbol(token, ";"))
		{
			send_query(script, token);
			return;
		}
		follow(script, token);
		return;
	}
}
