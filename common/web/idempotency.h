/*
 * idempotency.h - Idempotency-Key: repeating a request gives the first success again.
 *
 * Follows the IETF draft "The Idempotency-Key HTTP Header Field"
 * (draft-ietf-httpapi-idempotency-key-header). A key belongs to its caller and to one request:
 * method, path and raw body. The store of what the request creates keeps the key beside it.
 */
#ifndef IDEMPOTENCY_H
#define IDEMPOTENCY_H

#include <stdbool.h>

#include "base/crypto.h"
#include "web/req.h"

#define IDEMPOTENCY_KEEP_S	(24 * 60 * 60) /* seconds for which a key is remembered */
#define IDEMPOTENCY_DIGEST_SIZE CRYPTO_HEX_SIZE

/* SHA-256 in hex, so that stores need no further escaping or limits. */
struct idempotency {
	bool given;			       /* false: the request has no key */
	char key[IDEMPOTENCY_DIGEST_SIZE];     /* digest of the key */
	char request[IDEMPOTENCY_DIGEST_SIZE]; /* digest of method, path and body */
};

/*
 * Read the key of a request.
 * Returns 0, also without a key; PROBLEM_IDEMPOTENCY_KEY_INVALID unless the header was sent
 * once, as 1 to 255 visible ASCII characters; ERR_NO_MEMORY.
 */
int idempotency_read(const struct req *req, struct idempotency *ret_idempotency)
	__attribute__((warn_unused_result));

#endif
