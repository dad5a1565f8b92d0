/*-------------------------------------------------------------------------
 *
 * psql/command.c
 *		psql's meta-commands, as far as they matter to a reader
 *
 * A meta-command goes from its backslash to the end of the line, or to the
 * next backslash outside quotes, which begins another command; two of
 * them go back to SQL.  Some commands take the whole line as it is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "psql/command.h"
#include "sql/constant.h"

typedef enum ArgumentStyle
{
	NORMAL,
	WHOLE_LINE,					/* all of the line, quotes or not */
	FILE_OR_PIPE				/* the same if it begins with "|" */
} ArgumentStyle;

/*
 * The commands that change what runs, or that read their line otherwise, those
 * of all releases.  Around a prepared statement or a pipeline something else
 * is sent in the place of the query, which is forgotten.
 */
static const struct
{
	const char *name;
	PsqlAction	action;
	ArgumentStyle style;
}			commands[] =
{
	{"!", PSQL_NOTHING, WHOLE_LINE},
	{"bind_named", PSQL_DISCARD, NORMAL},
	{"c", PSQL_CONNECT, NORMAL},
	{"cd", PSQL_CHANGE_DIRECTORY, NORMAL},
	{"close_prepared", PSQL_DISCARD, NORMAL},
	{"connect", PSQL_CONNECT, NORMAL},
	{"copy", PSQL_NOTHING, WHOLE_LINE},
	{"crosstabview", PSQL_SEND, NORMAL},
	{"d", PSQL_DESCRIBE, NORMAL},
	{"d+", PSQL_DESCRIBE, NORMAL},
	{"d+S", PSQL_DESCRIBE, NORMAL},
	{"dF+", PSQL_DESCRIBE, NORMAL},
	{"dFp+", PSQL_DESCRIBE, NORMAL},
	{"dRp+", PSQL_DESCRIBE, NORMAL},
	{"dS", PSQL_DESCRIBE, NORMAL},
	{"dS+", PSQL_DESCRIBE, NORMAL},
	{"dx+", PSQL_DESCRIBE, NORMAL},
	{"e", PSQL_ASK, NORMAL},
	{"edit", PSQL_ASK, NORMAL},
	{"ef", PSQL_ASK, WHOLE_LINE},
	{"elif", PSQL_ELIF, NORMAL},
	{"else", PSQL_ELSE, NORMAL},
	{"endif", PSQL_ENDIF, NORMAL},
	{"endpipeline", PSQL_DISCARD, NORMAL},
	{"ev", PSQL_ASK, WHOLE_LINE},
	{"flush", PSQL_DISCARD, NORMAL},
	{"flushrequest", PSQL_DISCARD, NORMAL},
	{"g", PSQL_SEND, FILE_OR_PIPE},
	{"gdesc", PSQL_DISCARD, NORMAL},
	{"getresults", PSQL_DISCARD, NORMAL},
	{"gexec", PSQL_SEND_RESULT, NORMAL},
	{"gset", PSQL_SEND, NORMAL},
	{"gx", PSQL_SEND, FILE_OR_PIPE},
	{"h", PSQL_NOTHING, WHOLE_LINE},
	{"help", PSQL_NOTHING, WHOLE_LINE},
	{"i", PSQL_INCLUDE, NORMAL},
	{"if", PSQL_IF, NORMAL},
	{"include", PSQL_INCLUDE, NORMAL},
	{"include_relative", PSQL_INCLUDE_RELATIVE, NORMAL},
	{"ir", PSQL_INCLUDE_RELATIVE, NORMAL},
	{"o", PSQL_NOTHING, FILE_OR_PIPE},
	{"out", PSQL_NOTHING, FILE_OR_PIPE},
	{"parse", PSQL_DISCARD, NORMAL},
	{"password", PSQL_ASK, NORMAL},
	{"prompt", PSQL_PROMPT, NORMAL},
	{"q", PSQL_QUIT, NORMAL},
	{"quit", PSQL_QUIT, NORMAL},
	{"r", PSQL_DISCARD, NORMAL},
	{"reset", PSQL_DISCARD, NORMAL},
	{"restrict", PSQL_RESTRICT, NORMAL},
	{"sendpipeline", PSQL_SEND, NORMAL},
	{"set", PSQL_SET, NORMAL},
	{"sf", PSQL_NOTHING, WHOLE_LINE},
	{"sf+", PSQL_NOTHING, WHOLE_LINE},
	{"startpipeline", PSQL_DISCARD, NORMAL},
	{"sv", PSQL_NOTHING, WHOLE_LINE},
	{"sv+", PSQL_NOTHING, WHOLE_LINE},
	{"syncpipeline", PSQL_DISCARD, NORMAL},
	{"unrestrict", PSQL_UNRESTRICT, NORMAL},
	{"unset", PSQL_UNSET, NORMAL},
	{"w", PSQL_NOTHING, FILE_OR_PIPE},
	{"watch", PSQL_SEND, NORMAL},
	{"write", PSQL_NOTHING, FILE_OR_PIPE},
};

/* Pass the argument at p; it ends at white space or a backslash. */
static const char *
pass_argument(const char *p, const char *end)
{
	char		quote = '\0';

	for (; p < end && *p != '\n'; p++)
	{
		if (quote != '\0')
		{
			if (*p == '\\' && quote == '\'' && end - p > 1 && p[1] != '\n')
				p++;
			else if (*p == quote)
				quote = '\0';
		}
		else if (*p == '\'' || *p == '"' || *p == '`')
			quote = *p;
		else if (*p == '\\' || sql_lexer_is_space(*p))
			break;
	}
	return Min(p, end);
}

/* Pass all arguments of a command up to the next backslash. */
static const char *
pass_arguments(const char *p, const char *end)
{
	while (p < end && *p != '\\' && *p != '\n')
	{
		if (sql_lexer_is_space(*p))
			p++;
		else
			p = pass_argument(p, end);
	}
	return p;
}

/* Does this \copy read a file, what follows it in the script, or the input? */
static PsqlAction
copy_action(PsqlCommand *command)
{
	SqlLexer	lexer;
	SqlToken	token;
	size_t		depth = 0;
	bool		after_from = false;

	sql_lexer_init(&lexer, command->arguments, command->length);
	for (;;)
	{
		sql_lexer_next(&lexer, &token);
		if (token.kind == SQL_END || token.kind == SQL_UNTERMINATED)
			return PSQL_NOTHING;
		if (after_from && sql_constant_is_keyword(&token, "stdin"))
			return PSQL_COPY_IN;
		if (after_from && sql_constant_is_keyword(&token, "pstdin"))
			return PSQL_COPY_INPUT;
		if (after_from && !sql_constant_is_keyword(&token, "program"))
		{
			command->file = token.start;
			return PSQL_COPY_FILE;
		}
		if (sql_constant_is_symbol(&token, "("))
			depth++;
		else if (sql_constant_is_symbol(&token, ")") && depth > 0)
			depth--;
		after_from = depth == 0 && sql_constant_is_keyword(&token, "from");
	}
}

void
psql_command_read(SqlLexer *lexer, PsqlCommand *command)
{
	const char *name = lexer->cursor;
	const char *p = name;
	const char *end = lexer->end;
	ArgumentStyle style = NORMAL;
	size_t		i;

	while (p < end && *p != '\\' && !sql_lexer_is_space(*p))
		p++;

	command->action = PSQL_NOTHING;
	command->name = name;
	for (i = 0; i < lengthof(commands); i++)
	{
		if (strlen(commands[i].name) == (size_t) (p - name) &&
			memcmp(commands[i].name, name, p - name) == 0)
		{
			command->action = commands[i].action;
			style = commands[i].style;
			break;
		}
	}

	/* A command without a name: psql throws the rest of the line away */
	if (p == name)
		style = WHOLE_LINE;

	command->file = NULL;
	command->arguments = p;
	while (p < end && *p != '\n' && sql_lexer_is_space(*p))
		p++;
	if (style == WHOLE_LINE ||
		(style == FILE_OR_PIPE && p < end && *p == '|'))
	{
		p = memchr(p, '\n', end - p);
		if (p == NULL)
			p = end;
	}
	else
		p = pass_arguments(p, end);
	command->length = p - command->arguments;

	if (end - p >= 2 && p[0] == '\\' && p[1] == '\\')
		p += 2;
	lexer->cursor = p;

	if (name + 4 == command->arguments && memcmp(name, "copy", 4) == 0)
		command->action = copy_action(command);
}
