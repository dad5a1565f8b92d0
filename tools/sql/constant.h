/*-------------------------------------------------------------------------
 *
 * sql/constant.h
 *		What an identifier or a string constant means
 *
 *-------------------------------------------------------------------------
 */
#ifndef SQL_CONSTANT_H
#define SQL_CONSTANT_H

#include "sql/lexer.h"

/*
 * The meaning of an identifier (folded to lower case where it is not
 * quoted) or of a string.  Returns it in memory that the caller frees, or
 * NULL if a character in it is given by its number.
 */
extern char *sql_constant_decode(const SqlToken *token);

/* Is this an identifier that means "name", however it is spelled? */
extern bool sql_constant_is(const SqlToken *token, const char *name);

/* Is this the value of a setting or option that switches it off, or NONE? */
extern bool sql_constant_is_off(const SqlToken *token);

/*
 * The token as it stands in the text, cut where it gets long, for messages;
 * the caller frees it.
 */
extern char *sql_constant_excerpt(const SqlToken *token);

/* Say what it is that has no end. */
extern const char *sql_constant_unterminated(const SqlToken *token);

/* Is it one of those that git puts between what it cannot merge? */
extern bool sql_constant_is_conflict_marker(const SqlToken *token);

#define SQL_CONFLICT_MARKER "this is a conflict marker of git"

/* Is this the key word "word", in lower case here?  Quotes make it none. */
static inline bool
sql_constant_is_keyword(const SqlToken *token, const char *word)
{
	size_t		i;

	if (token->kind != SQL_IDENTIFIER || token->spelling != SQL_BARE)
		return false;
	for (i = 0; i < token->length; i++)
		if (word[i] == '\0' || sql_lexer_fold(token->start[i]) != word[i])
			return false;
	return word[i] == '\0';
}

/* Is this that symbol or operator, of one or two characters? */
static inline bool
sql_constant_is_symbol(const SqlToken *token, const char *symbol)
{
	if (token->kind != SQL_SYMBOL && token->kind != SQL_OPERATOR)
		return false;
	if (token->start[0] != symbol[0])
		return false;
	if (symbol[1] == '\0')
		return token->length == 1;
	return token->length == 2 && token->start[1] == symbol[1];
}

#endif							/* SQL_CONSTANT_H */
