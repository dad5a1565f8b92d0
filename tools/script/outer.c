/*-------------------------------------------------------------------------
 *
 * script/outer.c
 *		What is not undone with the transaction that it stands in
 *
 * What psql prints is not meant: that may come twice.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "script/outer.h"

/* Is this the command's name? */
static bool
is_called(const PsqlCommand *command, const char *name)
{
	size_t		length = command->arguments - command->name;

	return strlen(name) == length &&
		strncmp(command->name, name, length) == 0;
}

/* Has it an argument, besides options in parentheses? */
static bool
has_argument(const PsqlCommand *command)
{
	const char *p = command->arguments;
	const char *end = p + command->length;

	while (p < end && sql_lexer_is_space(*p))
		p++;
	if (p < end && *p == '(')
	{
		while (p < end && *p != ')')
			p++;
		p++;
	}
	while (p < end && sql_lexer_is_space(*p))
		p++;
	return p < end;
}

/* Is there a program between backquotes among its arguments? */
static bool
has_program(const PsqlCommand *command)
{
	const char *p = command->arguments;
	const char *end = p + command->length;
	char		quote = '\0';

	for (; p < end; p++)
	{
		if (quote != '\0')
			quote = *p == quote ? '\0' : quote;
		else if (*p == '`')
			return true;
		else if (*p == '\'' || *p == '"')
			quote = *p;
	}
	return false;
}

/* Does a COPY, whose first word was passed, write a file, or run a program? */
static bool
copies_out(StatementWords words)
{
	while (!sql_words_at_end(&words))
	{
		bool		is_to = sql_words_at(&words, "to");
		bool		is_from = sql_words_at(&words, "from");

		sql_words_next(&words);
		if (is_to && !sql_words_at(&words, "stdout") &&
			!sql_words_at(&words, "pstdout"))
			return true;
		if (is_from && sql_words_at(&words, "program"))
			return true;
	}
	return false;
}

const char *
script_outer_command(const PsqlCommand *command)
{
	static const struct
	{
		const char *name;
		const char *what;
	}			writers[] = {
		{"g", "\\g with a file or program"},
		{"gx", "\\gx with a file or program"},
		{"o", "\\o"}, {"out", "\\out"}, {"w", "\\w"}, {"write", "\\write"},
		{"s", "\\s"}, {"lo_export", "\\lo_export"}
	};
	StatementWords words;
	size_t		i;

	if (is_called(command, "!"))
		return "\\!";
	for (i = 0; i < lengthof(writers); i++)
		if (is_called(command, writers[i].name) && has_argument(command))
			return writers[i].what;
	sql_words_init(&words, command->arguments, command->length);
	if (is_called(command, "copy"))
		return copies_out(words) ? "\\copy to a file or program" : NULL;
	return has_program(command) ? "a program in backquotes" : NULL;
}

const char *
script_outer_statement(StatementWords words)
{
	if (sql_words_accept(&words, "copy"))
		return copies_out(words) ? "COPY to a file or program" : NULL;
	if ((sql_words_accept(&words, "commit") ||
		 sql_words_accept(&words, "rollback")) &&
		sql_words_at(&words, "prepared"))
		return "COMMIT PREPARED or ROLLBACK PREPARED";
	return NULL;
}
