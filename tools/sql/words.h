/*-------------------------------------------------------------------------
 *
 * sql/words.h
 *		The words of an SQL statement, one after the other
 *
 *-------------------------------------------------------------------------
 */
#ifndef SQL_WORDS_H
#define SQL_WORDS_H

#include "sql/constant.h"

/* A position in a statement, with the token there; copy it to come back. */
typedef struct StatementWords
{
	SqlLexer	lexer;
	SqlToken	token;
} StatementWords;

/* Go to the next token. */
static inline void
sql_words_next(StatementWords *words)
{
	sql_lexer_next(&words->lexer, &words->token);
}

/* Begin with the first token of a statement as it stands in a psql script. */
static inline void
sql_words_init(StatementWords *words, const char *text, size_t length)
{
	sql_lexer_init(&words->lexer, text, length);
	words->lexer.is_script = true;
	sql_words_next(words);
}

/* Is the statement over? */
static inline bool
sql_words_at_end(const StatementWords *words)
{
	return words->token.kind == SQL_END ||
		words->token.kind == SQL_UNTERMINATED;
}

/* Is this key word the current token? */
static inline bool
sql_words_at(const StatementWords *words, const char *word)
{
	return sql_constant_is_keyword(&words->token, word);
}

/* Is this symbol or operator the current token? */
static inline bool
sql_words_at_symbol(const StatementWords *words, const char *symbol)
{
	return sql_constant_is_symbol(&words->token, symbol);
}

/* If this key word is the current token, pass it and return true. */
static inline bool
sql_words_accept(StatementWords *words, const char *word)
{
	if (!sql_words_at(words, word))
		return false;
	sql_words_next(words);
	return true;
}

#endif							/* SQL_WORDS_H */
