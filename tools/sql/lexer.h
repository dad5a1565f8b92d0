/*-------------------------------------------------------------------------
 *
 * sql/lexer.h
 *		PostgreSQL's lexical rules
 *
 *-------------------------------------------------------------------------
 */
#ifndef SQL_LEXER_H
#define SQL_LEXER_H

typedef enum SqlTokenKind
{
	SQL_END,					/* the text ends */
	SQL_SEND,					/* psql sends the query (psql_script only) */
	SQL_DISCARD,				/* psql forgets the query (psql_script only) */
	SQL_IDENTIFIER,
	SQL_STRING,
	SQL_BITS,					/* B'' and X'' */
	SQL_NUMBER,
	SQL_PARAMETER,				/* $1 */
	SQL_VARIABLE,				/* :name and its kin, as psql has them */
	SQL_OPERATOR,
	SQL_SYMBOL,					/* any other single character, :: and := */
	SQL_BACKSLASH,				/* psql: a meta-command begins */
	SQL_COMMENT,				/* if wanted */
	SQL_UNTERMINATED			/* quote or comment without an end */
} SqlTokenKind;

/* How the inside of an identifier or a string is spelled */
typedef enum SqlSpelling
{
	SQL_BARE,					/* identifier without quotes */
	SQL_PLAIN,					/* '' and "" */
	SQL_ESCAPES,				/* E'' */
	SQL_UNICODE,				/* U&'' and U&"" */
	SQL_DOLLAR					/* $tag$ $tag$ */
} SqlSpelling;

/* A token: the text is the caller's, nothing here needs to be freed. */
typedef struct SqlToken
{
	SqlTokenKind kind;
	SqlSpelling spelling;
	const char *start;
	size_t		length;
} SqlToken;

/* A position in a text, which must outlive it; copy it to come back. */
typedef struct SqlLexer
{
	const char *cursor;
	const char *end;
	bool		is_script;		/* psql's variables and meta-commands count */
	bool		keeps_comments; /* they are tokens */

	/* psql has read past this line end: what follows it is at "resume" */
	const char *splice;
	const char *resume;
} SqlLexer;

/* Begin with a text, as a server with default settings would read it. */
extern void sql_lexer_init(SqlLexer *lexer, const char *text, size_t length);

/* Read the next token.  At the end of the text, this is SQL_END for ever. */
extern void sql_lexer_next(SqlLexer *lexer, SqlToken *token);

/* White space, as the scanners of the server and psql have it */
static inline bool
sql_lexer_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Identifiers that are not quoted are folded so; other bytes stay as is. */
static inline char
sql_lexer_fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/*
 * If a string that has been closed before p goes on on a later line, return
 * the place after its next opening quote, else NULL.
 */
extern const char *sql_lexer_continue(const char *p, const char *end);

/* How many newlines are there between two places? */
static inline int
sql_lexer_newlines(const char *p, const char *end)
{
	int			count = 0;

	for (; (p = memchr(p, '\n', end - p)) != NULL; p++)
		count++;
	return count;
}

#endif							/* SQL_LEXER_H */
