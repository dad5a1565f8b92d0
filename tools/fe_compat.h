/*-------------------------------------------------------------------------
 *
 * fe_compat.h
 *		The differences between PostgreSQL 13 to 18 that the programs meet
 *
 * One function for each thing that the releases' front-end library spells
 * differently, so that no other file asks for a version.
 *
 *-------------------------------------------------------------------------
 */
#ifndef FE_COMPAT_H
#define FE_COMPAT_H

#include "common/logging.h"
#include "common/string.h"

/* Ask at the terminal for a password; returns a string of malloc's. */
static inline char *
fe_compat_ask_password(const char *prompt)
{
#if PG_VERSION_NUM >= 140000
	return simple_prompt(prompt, false);
#else
	char		password[1000];

	simple_prompt(prompt, password, sizeof(password), false);
	return pg_strdup(password);
#endif
}

/* Lines below an error, that say more, and what to do about it */
#if PG_VERSION_NUM >= 150000
#define fe_compat_log_detail(...) pg_log_error_detail(__VA_ARGS__)
#define fe_compat_log_hint(...) pg_log_error_hint(__VA_ARGS__)
#else
#define fe_compat_log_detail(...) pg_log_error("detail: " __VA_ARGS__)
#define fe_compat_log_hint(...) pg_log_error("hint: " __VA_ARGS__)
#endif

#endif							/* FE_COMPAT_H */
