/*
 * crypto.h - thin wrappers over OpenSSL.
 *
 * Algorithms are fetched once, at start, so that later calls are cheap and cannot fail for lack of
 * memory. Refusals of keys and signatures are distinguished from failures of OpenSSL.
 */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdbool.h>

#include "base/buf.h"

#define CRYPTO_DIGEST_SIZE 32 /* SHA-256 */
#define CRYPTO_HEX_SIZE	   65 /* the same in hex, and a NUL */
#define CRYPTO_SHA1_SIZE   20

/*
 * Fetch the algorithms and seed the random generator; once per process, before its first request.
 * OpenSSL never finds an algorithm again whose first fetch ran out of memory.
 * Returns 0; ERR_NO_MEMORY.
 */
int crypto_init(void) __attribute__((warn_unused_result));

/*
 * crypto_sha256: the SHA-256 (FIPS 180-4) of `count` texts, one after the other.
 * crypto_sha1:   the SHA-1 (FIPS 180-4) of the same, for UUIDs; it protects nothing.
 * crypto_hmac:   the HMAC-SHA-256 (RFC 2104) of `text`.
 * They return 0; ERR_NO_MEMORY. Without crypto_init they fetch their algorithm themselves.
 */
int crypto_sha256(const struct slice *texts, size_t count,
		  unsigned char ret_digest[CRYPTO_DIGEST_SIZE]) __attribute__((warn_unused_result));
int crypto_sha1(const struct slice *texts, size_t count, unsigned char ret_digest[CRYPTO_SHA1_SIZE])
	__attribute__((warn_unused_result));
int crypto_hmac(struct slice key, struct slice text, unsigned char ret_digest[CRYPTO_DIGEST_SIZE])
	__attribute__((warn_unused_result));

/*
 * The SHA-256 of a text that comes in parts: crypto_sum_add for each part, then crypto_sum_end,
 * once. crypto_sum_new returns NULL when memory is exhausted; crypto_sum_free(NULL) does nothing.
 * The others return 0; ERR_NO_MEMORY.
 */
struct crypto_sum;
struct crypto_sum *crypto_sum_new(void);
void crypto_sum_free(struct crypto_sum *sum);
int crypto_sum_add(struct crypto_sum *sum, struct slice part) __attribute__((warn_unused_result));
int crypto_sum_end(struct crypto_sum *sum, unsigned char ret_digest[CRYPTO_DIGEST_SIZE])
	__attribute__((warn_unused_result));

/* Write a digest in lower-case hexadecimal, with a NUL. */
void crypto_hex(const unsigned char digest[CRYPTO_DIGEST_SIZE], char ret_hex[CRYPTO_HEX_SIZE]);

/*
 * Whether OpenSSL has refused an RSA key or a signature since the last ERR_clear_error. Returns
 * false when an allocation failed, so that a valid key or token is never reported as invalid.
 */
bool crypto_rsa_refused(void);

#endif
