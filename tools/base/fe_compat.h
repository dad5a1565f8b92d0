/*-------------------------------------------------------------------------
 *
 * base/fe_compat.h
 *		The differences between PostgreSQL 14 to 19 that the programs meet
 *
 * One macro for each thing that the releases' front-end library spells
 * differently, so that no other file asks for a version.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_FE_COMPAT_H
#define BASE_FE_COMPAT_H

#include "common/logging.h"

/* Lines below an error, that say more, and what to do about it */
#if PG_VERSION_NUM >= 150000
#define fe_compat_log_detail(...) pg_log_error_detail(__VA_ARGS__)
#define fe_compat_log_hint(...) pg_log_error_hint(__VA_ARGS__)
#else
#define fe_compat_log_detail(...) pg_log_info("detail: " __VA_ARGS__)
#define fe_compat_log_hint(...) pg_log_info("hint: " __VA_ARGS__)
#endif

#endif							/* BASE_FE_COMPAT_H */
