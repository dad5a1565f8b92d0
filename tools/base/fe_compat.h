/*-------------------------------------------------------------------------
 *
 * base/fe_compat.h
 *		The differences between PostgreSQL 14 to 19 that the programs meet
 *
 * One function for each thing that the releases' front-end library spells
 * differently, so that no other file asks for a version.
 *
 *-------------------------------------------------------------------------
 */
#ifndef BASE_FE_COMPAT_H
#define BASE_FE_COMPAT_H

#include "common/cryptohash.h"
#include "common/logging.h"
#include "common/sha2.h"
#include "common/string.h"

/* Ask at the terminal for a password; returns a string of malloc's. */
static inline char *
fe_compat_ask_password(const char *prompt)
{
	return simple_prompt(prompt, false);
}

/* Lines below an error, that say more, and what to do about it */
#if PG_VERSION_NUM >= 150000
#define fe_compat_log_detail(...) pg_log_error_detail(__VA_ARGS__)
#define fe_compat_log_hint(...) pg_log_error_hint(__VA_ARGS__)
#else
#define fe_compat_log_detail(...) pg_log_info("detail: " __VA_ARGS__)
#define fe_compat_log_hint(...) pg_log_info("hint: " __VA_ARGS__)
#endif

/* SHA-256.  What can fail returns false, or NULL. */
typedef pg_cryptohash_ctx FeCompatSha256;

/* Begin; fe_compat_sha256_free() takes NULL, too. */
static inline FeCompatSha256 *
fe_compat_sha256_create(void)
{
	FeCompatSha256 *sha256 = pg_cryptohash_create(PG_SHA256);

	if (sha256 != NULL && pg_cryptohash_init(sha256) < 0)
	{
		pg_cryptohash_free(sha256);
		return NULL;
	}
	return sha256;
}

/* Add some bytes. */
static inline bool
fe_compat_sha256_update(FeCompatSha256 *sha256, const uint8 *bytes,
						size_t length)
{
	return pg_cryptohash_update(sha256, bytes, length) >= 0;
}

/* The digest, PG_SHA256_DIGEST_LENGTH bytes. */
static inline bool
fe_compat_sha256_final(FeCompatSha256 *sha256, uint8 *digest)
{
	return pg_cryptohash_final(sha256, digest,
							   PG_SHA256_DIGEST_LENGTH) >= 0;
}

static inline void
fe_compat_sha256_free(FeCompatSha256 *sha256)
{
	pg_cryptohash_free(sha256);
}

#endif							/* BASE_FE_COMPAT_H */
