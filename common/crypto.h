/*
 * crypto.h - OpenSSL when memory is short: what it needs is set up beforehand, and its failures are
 * told from refusals.
 */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <stdbool.h>

/*
 * Load the algorithms that we use and seed the generator, once a process, before its first request:
 * OpenSSL never finds an algorithm again whose first use met no memory. Returns 0; ERR_NO_MEMORY.
 */
int crypto_init(void);

/*
 * Whether OpenSSL, since ERR_clear_error, refused an RSA key or signature for what it is. For want
 * of memory the first error is that, or another module's, or there is none: a good key or token
 * must not be called a bad one then.
 */
bool crypto_rsa_refused(void);

#endif
