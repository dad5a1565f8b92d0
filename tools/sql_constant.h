/*-------------------------------------------------------------------------
 *
 * sql_constant.h
 *		What an identifier or a string constant means
 *
 *-------------------------------------------------------------------------
 */
#ifndef SQL_CONSTANT_H
#define SQL_CONSTANT_H

#include "sql_lexer.h"

extern char *sql_constant_decode(const SqlToken *token);
extern bool sql_constant_is(const SqlToken *token, const char *name);
extern bool sql_constant_is_keyword(const SqlToken *token, const char *word);
extern bool sql_constant_is_symbol(const SqlToken *token, const char *symbol);
extern char *sql_constant_excerpt(const SqlToken *token);

#endif							/* SQL_CONSTANT_H */
