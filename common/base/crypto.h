/*
 * crypto.h - OpenSSL, with its algorithms found once: digests without a search for each, nothing
 * that fails later because memory was short, and failures told from refusals.
 */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdbool.h>

#include "base/buf.h"

#define CRYPTO_DIGEST_SIZE 32 /* SHA-256 */
#define CRYPTO_HEX_SIZE	   65 /* the same in hex, and a NUL */

/*
 * Load the algorithms that we use and seed the generator, once a process, before its first request:
 * OpenSSL never finds an algorithm again whose first use met no memory. Returns 0; ERR_NO_MEMORY.
 */
int crypto_init(void);

/*
 * The SHA-256 of `count` texts, one after the other (FIPS 180-4), and the HMAC of one with it
 * (RFC 2104). They do what crypto_init has not done. Returns 0; ERR_NO_MEMORY.
 */
int crypto_sha256(const struct slice *texts, size_t count,
		  unsigned char ret_digest[CRYPTO_DIGEST_SIZE]);
int crypto_hmac(struct slice key, struct slice text, unsigned char ret_digest[CRYPTO_DIGEST_SIZE]);

/* A digest in hex, lower case. */
void crypto_hex(const unsigned char digest[CRYPTO_DIGEST_SIZE], char ret_hex[CRYPTO_HEX_SIZE]);

/*
 * Whether OpenSSL, since ERR_clear_error, refused an RSA key or signature for what it is. For want
 * of memory the first error is that, or another module's, or there is none: a good key or token
 * must not be called a bad one then.
 */
bool crypto_rsa_refused(void);

#endif
