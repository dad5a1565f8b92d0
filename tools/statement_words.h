/*-------------------------------------------------------------------------
 *
 * statement_words.h
 *		The words of an SQL statement, one after the other
 *
 *-------------------------------------------------------------------------
 */
#ifndef STATEMENT_WORDS_H
#define STATEMENT_WORDS_H

#include "sql_constant.h"

/* A position in a statement, with the token there; copy it to come back. */
typedef struct StatementWords
{
	SqlLexer	lexer;
	SqlToken	token;
} StatementWords;

/* Go to the next token. */
static inline void
statement_words_next(StatementWords *words)
{
	sql_lexer_next(&words->lexer, &words->token);
}

/* Begin with the first token of a statement as it stands in a psql script. */
static inline void
statement_words_init(StatementWords *words, const char *text, size_t length,
					 bool standard_strings)
{
	sql_lexer_init(&words->lexer, text, length);
	words->lexer.is_script = true;
	words->lexer.standard_strings = standard_strings;
	statement_words_next(words);
}

/* Is the statement over? */
static inline bool
statement_words_at_end(const StatementWords *words)
{
	return words->token.kind == SQL_END ||
		words->token.kind == SQL_UNTERMINATED;
}

/* Is this key word at hand? */
static inline bool
statement_words_at(const StatementWords *words, const char *word)
{
	return sql_constant_is_keyword(&words->token, word);
}

/* Is this symbol or operator at hand? */
static inline bool
statement_words_at_symbol(const StatementWords *words, const char *symbol)
{
	return sql_constant_is_symbol(&words->token, symbol);
}

/* If this key word is at hand, pass it and return true. */
static inline bool
statement_words_accept(StatementWords *words, const char *word)
{
	if (!statement_words_at(words, word))
		return false;
	statement_words_next(words);
	return true;
}

#endif							/* STATEMENT_WORDS_H */
