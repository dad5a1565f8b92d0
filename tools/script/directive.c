/*-------------------------------------------------------------------------
 *
 * script/directive.c
 *		What a comment line tells us to do with its script
 *
 *		-- versioning: no-transaction
 *		-- versioning: disable NAME[, NAME]...
 *		-- versioning: lock-timeout TIME
 *		-- versioning: retry-for TIME
 *
 * Case does not matter, nor do blanks.  What looks like one of these and is
 * none is complained about: how a script is run must not depend on a typing
 * error that nobody is told of.  Scripts that are older than these comments
 * may have prose after the word: that is worth no more than a remark.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres_fe.h"

#include "base/duration.h"
#include "base/problem.h"
#include "base/suggestion.h"
#include "script/directive.h"

static const char versioning[] = "versioning";
static const char no_transaction[] = "no-transaction";
static const char disable[] = "disable";
static const char lock_timeout[] = "lock-timeout";
static const char retry_for[] = "retry-for";

/* All of them */
static const char *const directives[] = {
	no_transaction, disable, lock_timeout, retry_for
};

/* What a script says that says nothing */
static const ScriptDirectives nothing;

/* What is left of a comment */
typedef struct DirectiveText
{
	const char *p;
	const char *end;
} DirectiveText;

/* Where problems go */
typedef struct DirectiveReader
{
	DirectiveText rest;
	const ScriptPlace *place;
	const char *path;
	ScriptDirectives *directives;
	ProblemList *problems;
} DirectiveReader;

/* Pass blanks. */
static void
pass_blanks(DirectiveText *rest)
{
	while (rest->p < rest->end && sql_lexer_is_space(*rest->p))
		rest->p++;
}

/* If this character is the next one, pass it and the blanks after it. */
static bool
pass_character(DirectiveText *rest, char c)
{
	if (rest->p == rest->end || *rest->p != c)
		return false;
	rest->p++;
	pass_blanks(rest);
	return true;
}

/*
 * Pass a word and the blanks after it, up to a blank or punctuation.
 * Returns it in lower case, empty if there is none, to be freed by the
 * caller.
 */
static char *
read_word(DirectiveText *rest)
{
	const char *start = rest->p;
	char	   *word;
	char	   *c;

	while (rest->p < rest->end && !sql_lexer_is_space(*rest->p) &&
		   *rest->p != ':' && *rest->p != ',' && *rest->p != ';')
		rest->p++;
	word = pnstrdup(start, rest->p - start);
	for (c = word; *c != '\0'; c++)
		*c = sql_lexer_fold(*c);
	pass_blanks(rest);
	return word;
}

/* Complain of a directive in which something is wrong. */
static void complain_of_text(DirectiveReader *reader, ProblemLevel level,
							 const char *format,...)
			pg_attribute_printf(3, 4);

static void
complain_of_text(DirectiveReader *reader, ProblemLevel level,
				 const char *format,...)
{
	va_list		args;
	char	   *text;

	va_start(args, format);
	text = problem_format(format, args);
	va_end(args);
	problem_add_kind(reader->problems, level,
					 level == PROBLEM_REMARK ?
					 PROBLEM_UNCLEAR_COMMENT : PROBLEM_UNKNOWN_DIRECTIVE,
					 reader->place->path, reader->place->line, "%s",
					 text);
	pg_free(text);
}

/*
 * Complain of a word that is not known.  An error is one that leaves open how
 * the script is to be run.
 */
static void
complain(DirectiveReader *reader, ProblemLevel level, const char *what,
		 const Suggestion *suggestion)
{
	if (suggestion->nearest == NULL)
		complain_of_text(reader, level, "unknown %s \"%s\"", what,
						 suggestion->wanted);
	else
		complain_of_text(reader, level, "unknown %s \"%s\": did you mean "
						 "\"%s\"?", what, suggestion->wanted,
						 suggestion->nearest);
}

/* Complain of a finding that is not known. */
static void
complain_of_finding(DirectiveReader *reader, const char *word)
{
	Suggestion	suggestion;
	int			kind;

	suggestion_init(&suggestion, word);
	for (kind = 0; kind < PROBLEM_KINDS; kind++)
		suggestion_offer(&suggestion, problem_name((ProblemKind) kind));
	complain(reader, PROBLEM_WARNING, "finding", &suggestion);
}

/* Read the names after "disable"; the first that is none is told of. */
static void
read_disable(DirectiveReader *reader)
{
	DirectiveText *rest = &reader->rest;
	bool		has_complained = false;
	ProblemKind kind;

	if (rest->p == rest->end)
		complain_of_text(reader, PROBLEM_WARNING,
						 "\"disable\" must be followed by names of findings");
	while (rest->p < rest->end)
	{
		char	   *word = read_word(rest);

		if (problem_kind(word, &kind))
		{
			simple_string_list_append(&reader->directives->disabled, word);
			simple_string_list_append(&reader->directives->disabled_in,
									  reader->path);
		}
		else if (*word != '\0' && !has_complained)
		{
			complain_of_finding(reader, word);
			has_complained = true;
		}
		pg_free(word);
		while (pass_character(rest, ',') || pass_character(rest, ';') ||
			   pass_character(rest, ':'))
			;
	}
}

/* Is it one that there is? */
static bool
is_directive(const char *word)
{
	size_t		i;

	for (i = 0; i < lengthof(directives); i++)
		if (strcmp(word, directives[i]) == 0)
			return true;
	return false;
}

/* Read the time after a directive that sets a limit. */
static void
read_limit(DirectiveReader *reader, const char *name, DirectiveLimit *limit)
{
	const DirectiveText *rest = &reader->rest;
	char	   *value = pnstrdup(rest->p, rest->end - rest->p);
	int64		milliseconds;

	if (!duration_parse(value, &milliseconds))
		complain_of_text(reader, PROBLEM_ERROR, "\"%s\" takes "
						 DURATION_FORM ", not \"%s\"", name, value);
	else if (limit->line > 0 && limit->milliseconds != milliseconds)
		complain_of_text(reader, PROBLEM_ERROR, "\"%s\" has another value in "
						 "line %d", name, limit->line);
	else
	{
		limit->path = reader->place->path;
		limit->line = reader->place->line;
		limit->milliseconds = milliseconds;
	}
	pg_free(value);
}

/* Is the last word about transactions, as in "without a transaction"? */
static bool
ends_with_transaction(DirectiveText rest)
{
	static const char stem[] = "transact";
	const int	length = sizeof(stem) - 1;
	bool		result = false;

	for (; rest.p < rest.end; rest.p++)
	{
		if (sql_lexer_is_space(*rest.p))
			result = false;
		else if (rest.end - rest.p >= length &&
				 pg_strncasecmp(rest.p, stem, length) == 0)
			result = true;
	}
	return result;
}

/*
 * Is a word that is no directive the beginning of something else?  There is
 * more than this word then, or it is none, such as a number.
 */
static bool
begins_prose(const char *word, const DirectiveText *rest)
{
	const char *c;

	if (rest->p < rest->end)
		return true;
	for (c = word; *c != '\0'; c++)
		if ((*c < 'a' || *c > 'z') && *c != '-' && *c != '_')
			return true;
	return false;
}

/* Complain of a directive that there is not, or of what may be none at all. */
static void
complain_of_directive(DirectiveReader *reader, const char *word,
					  bool is_about_transactions)
{
	Suggestion	suggestion;
	size_t		i;

	suggestion_init(&suggestion, word);
	for (i = 0; i < lengthof(directives); i++)
		suggestion_offer(&suggestion, directives[i]);
	if (suggestion.nearest == NULL && is_about_transactions)
		suggestion.nearest = no_transaction;
	if (suggestion.nearest == NULL && begins_prose(word, &reader->rest))
		complain_of_text(reader, PROBLEM_REMARK, "\"%s\" is no directive, so "
						 "this is taken for an ordinary comment", word);
	else
		complain(reader, PROBLEM_ERROR, "directive", &suggestion);
}

/* Read the directive after the colon. */
static void
read_directive(DirectiveReader *reader)
{
	bool		is_about_transactions = ends_with_transaction(reader->rest);
	char	   *word = read_word(&reader->rest);

	if (*word == '\0')
		complain_of_text(reader, PROBLEM_REMARK,
						 "a directive is missing: there are "
						 "\"no-transaction\", \"disable\", "
						 "\"lock-timeout\" and \"retry-for\"");
	else if (strcmp(word, disable) == 0)
		read_disable(reader);
	else if (strcmp(word, lock_timeout) == 0)
		read_limit(reader, lock_timeout, &reader->directives->lock_timeout);
	else if (strcmp(word, retry_for) == 0)
		read_limit(reader, retry_for, &reader->directives->retry_for);
	else if (strcmp(word, no_transaction) != 0)
		complain_of_directive(reader, word, is_about_transactions);
	else if (reader->rest.p < reader->rest.end)
		complain_of_text(reader, PROBLEM_ERROR,
						 "nothing may follow \"no-transaction\"");
	else
		reader->directives->no_transaction = true;
	pg_free(word);
}

/* "-- versioning no-transaction" lacks a colon; all else is no directive. */
static void
watch_for_colon(DirectiveReader *reader)
{
	char	   *word = read_word(&reader->rest);

	if (is_directive(word))
		complain_of_text(reader, PROBLEM_ERROR,
						 "a colon is missing after \"versioning\"");
	pg_free(word);
}

/* "-- versionning: no-transaction" has a typing error before the colon. */
static void
watch_for_name(DirectiveReader *reader)
{
	char	   *name = read_word(&reader->rest);
	char	   *word = pass_character(&reader->rest, ':') ?
		read_word(&reader->rest) : NULL;
	Suggestion	suggestion;

	suggestion_init(&suggestion, name);
	suggestion_offer(&suggestion, versioning);
	if (word != NULL && suggestion.nearest != NULL &&
		is_directive(word))
		complain_of_text(reader, PROBLEM_ERROR, "\"%s\" should be \"%s\"",
						 name, versioning);
	pg_free(word);
	pg_free(name);
}

/* Find what a comment says: the text without what makes it one. */
static void
find_text(const char *text, size_t length, DirectiveText *rest)
{
	char		mark = *text == '/' ? '*' : '-';

	rest->p = *text == '/' ? text + 1 : text;
	rest->end = *text == '/' ? text + length - 2 : text + length;
	while (rest->end > rest->p && sql_lexer_is_space(rest->end[-1]))
		rest->end--;
	while (rest->p < rest->end && (*rest->p == mark ||
								   (mark == '*' &&
									sql_lexer_is_space(*rest->p))))
		rest->p++;
	pass_blanks(rest);
}

void
script_directive_read(const ScriptPlace *place, const char *path,
					  const char *text, size_t length,
					  ScriptDirectives *directives, ProblemList *problems)
{
	DirectiveReader reader;
	DirectiveText *rest = &reader.rest;

	reader.place = place;
	reader.path = path;
	reader.directives = directives;
	reader.problems = problems;
	find_text(text, length, rest);
	if ((size_t) (rest->end - rest->p) < strlen(versioning) ||
		pg_strncasecmp(rest->p, versioning, strlen(versioning)) != 0)
	{
		watch_for_name(&reader);
		return;
	}
	rest->p += strlen(versioning);

	if (rest->p < rest->end && sql_lexer_is_space(*rest->p))
	{
		pass_blanks(rest);
		if (rest->p < rest->end && *rest->p != ':')
		{
			watch_for_colon(&reader);
			return;
		}
	}
	if (pass_character(rest, ':'))
		read_directive(&reader);
}

/* Free what they hold. */
static void
free_contents(ScriptDirectives *said)
{
	simple_string_list_destroy(&said->disabled);
	simple_string_list_destroy(&said->disabled_in);
}

/* Do they say anything? */
static bool
says_something(const ScriptDirectives *said)
{
	return said->no_transaction || said->disabled.head != NULL ||
		said->lock_timeout.line > 0 || said->retry_for.line > 0;
}

void
script_directive_refuse(const ScriptPlace *place, const char *text,
						size_t length, ProblemList *problems)
{
	ScriptDirectives said = {0};
	ProblemList found = {0};

	script_directive_read(place, "", text, length, &said, &found);
	if (says_something(&said) ||
		(found.count > 0 && found.items[0].level > PROBLEM_REMARK))
		problem_add_kind(problems, PROBLEM_ERROR, PROBLEM_UNKNOWN_DIRECTIVE,
						 place->path, place->line, "this is no directive, as "
						 "it does not have a line of its own: put it on a "
						 "line of its own, after \"--\"");
	free_contents(&said);
	problem_free(&found);
}

const ScriptDirectives *
script_directive_keep(ScriptDirectives *said)
{
	ScriptDirectives *kept;

	if (!says_something(said))
		return &nothing;
	kept = pg_malloc(sizeof(ScriptDirectives));
	*kept = *said;
	return kept;
}

void
script_directive_free(const ScriptDirectives *kept)
{
	if (kept == &nothing)
		return;
	free_contents(unconstify(ScriptDirectives *, kept));
	pg_free(unconstify(ScriptDirectives *, kept));
}
