/*
 * idempotency.h - Idempotency-Key: the same request sent again gives the first success again.
 *
 * After the IETF draft "The Idempotency-Key HTTP Header Field". A key belongs to its caller and to
 * one request: method, path and raw body. Where it is kept is the business of what it creates.
 */
#ifndef IDEMPOTENCY_H
#define IDEMPOTENCY_H

#include <stdbool.h>

#include "base/crypto.h"
#include "web/req.h"

#define IDEMPOTENCY_KEEP_S	(24 * 60 * 60)
#define IDEMPOTENCY_DIGEST_SIZE CRYPTO_HEX_SIZE

struct idempotency {
	bool given;			       /* false: the request has no key */
	char key[IDEMPOTENCY_DIGEST_SIZE];     /* digest of the key */
	char request[IDEMPOTENCY_DIGEST_SIZE]; /* digest of the request */
};

/*
 * Read the key of a request.
 * Returns 0, also when there is none; PROBLEM_IDEMPOTENCY_KEY_INVALID unless it was sent once as 1
 * to 255 visible ASCII characters; ERR_NO_MEMORY.
 */
int idempotency_read(const struct req *req, struct idempotency *ret_idempotency);

#endif
