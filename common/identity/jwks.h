/*
 * jwks.h - the public keys of the user pool, a JSON Web Key Set (RFC 7517), fetched when needed.
 *
 * A new set replaces the old one as a whole: a key that the pool has removed is gone after the next
 * fetch. A failed fetch changes nothing. A set is fetched by a request whose key
 *   - cannot be looked up because no set was ever fetched: every time, unless the circuit breaker
 *     of DEP_COGNITO is open, so that sign-in works about a second after the pool is back;
 *   - is not in the set: if the last attempt is JWKS_COOL_DOWN_S old;
 *   - is in the set: if the last attempt is JWKS_MAX_AGE_S old.
 */
#ifndef JWKS_H
#define JWKS_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/budget.h"

#define JWKS_COOL_DOWN_S 30
#define JWKS_MAX_AGE_S	 3600
#define JWKS_BYTES_MAX	 (256 * 1024)
#define JWKS_KEYS_MAX	 32 /* usable keys of a set; Cognito has two */

struct jwks;

/*
 * Make an empty key set that is fetched from `url`. url and budget are borrowed for its life.
 * Returns NULL when memory is exhausted. jwks_free(NULL) does nothing.
 */
struct jwks *jwks_new(const char *url, struct budget *budget);
void jwks_free(struct jwks *jwks);

/*
 * Replace the keys by those of the document `text`. Only RSA keys for RS256 signatures of 2048 to
 * 4096 bits with a sane exponent and a key id are used; others are skipped.
 *
 *	{"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "…", "n": "…", "e": "AQAB"},
 *…]}
 *
 * Returns 0; ERR_INVALID when `text` is not a key set or has no usable key; ERR_NO_MEMORY. On an
 * error the old keys stay.
 */
int jwks_load(struct jwks *jwks, struct slice text) __attribute__((warn_unused_result));

/*
 * Find the key `key_id`, after a fetch if one is due (see above).
 *
 * now_s:   seconds since 1970.
 * ret_key: borrowed until the next call of jwks_key, jwks_ready or jwks_load.
 * Returns 0; ERR_DENIED when the pool has no such key; ERR_UNAVAILABLE when no set was ever
 * fetched.
 */
int jwks_key(struct jwks *jwks, const char *key_id, int64_t now_s, EVP_PKEY **ret_key)
	__attribute__((warn_unused_result));

/* Why the last fetch failed, as one line; "" when it did not. */
const char *jwks_problem(const struct jwks *jwks);

/* Fetch a set if none was ever fetched. Returns 0 when there is one; ERR_UNAVAILABLE. */
int jwks_ready(struct jwks *jwks, int64_t now_s) __attribute__((warn_unused_result));

#endif
