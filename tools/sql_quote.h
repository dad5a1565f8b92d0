/*-------------------------------------------------------------------------
 *
 * sql_quote.h
 *		Where quotes and comments end
 *
 *-------------------------------------------------------------------------
 */
#ifndef SQL_QUOTE_H
#define SQL_QUOTE_H

extern const char *sql_quote_end_line(const char *p, const char *end);
extern const char *sql_quote_end_comment(const char *p, const char *end);
extern const char *sql_quote_end(const char *p, const char *end, char quote,
								 bool backslashes);
extern const char *sql_quote_end_dollar(const char *tag, size_t length,
										const char *end);
extern const char *sql_quote_continue(const char *p, const char *end);

#endif							/* SQL_QUOTE_H */
