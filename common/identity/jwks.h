/*
 * jwks.h - the public keys of the user pool (a JSON Web Key Set, RFC 7517), fetched when needed.
 *
 * A set is kept until another one replaces it whole, so that a key that the pool took out is gone
 * with the next fetch. A fetch that fails changes nothing. When to fetch:
 *   - there never was a set: at every request, as the breaker of DEP_COGNITO allows, so that the
 *     first answer is found within about a second of the pool's being back;
 *   - the key id is not in the set: if the last try is JWKS_COOL_DOWN_S old;
 *   - the key id is in the set: if the last try is JWKS_MAX_AGE_S old.
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
#define JWKS_KEYS_MAX	 32 /* usable keys of a set; Cognito publishes two */

struct jwks;

/*
 * Keys from `url`, none yet. url and budget are borrowed for its life.
 * Returns NULL when memory is exhausted. jwks_free(NULL) does nothing.
 */
struct jwks *jwks_new(const char *url, struct budget *budget);
void jwks_free(struct jwks *jwks);

/*
 * Take the keys of the set `text` in place of those at hand. Kept are RSA keys for signatures by
 * RS256 of 2048 to 4096 bits with a sane exponent and a key id; all others are passed over.
 * Returns 0; ERR_INVALID when it is no key set or has no usable key, ERR_NO_MEMORY: the keys at
 * hand stay.
 */
int jwks_load(struct jwks *jwks, struct slice text);

/*
 * The key `key_id` at the time `now_s` (seconds since 1970), after a fetch where one is due.
 * ret_key: borrowed until the next call of jwks_key, jwks_ready or jwks_load.
 * Returns 0; ERR_DENIED when the pool has no such key; ERR_UNAVAILABLE when there never was
 * a set.
 */
int jwks_key(struct jwks *jwks, const char *key_id, int64_t now_s, EVP_PKEY **ret_key);

/* Why the last fetch failed, one line for the log; "" when it did not. */
const char *jwks_problem(const struct jwks *jwks);

/* Whether there is a set, after a fetch if there never was one. Returns 0; ERR_UNAVAILABLE. */
int jwks_ready(struct jwks *jwks, int64_t now_s);

#endif
