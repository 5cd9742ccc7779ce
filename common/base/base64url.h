/*
 * base64url.h - URL-safe base64 without padding (RFC 4648 §5), as in JWTs and cursors.
 */
#ifndef BASE64URL_H
#define BASE64URL_H

#include "base/buf.h"

/*
 * Append the bytes that `text` encodes to `out`. Each byte string has exactly one encoding:
 * padding, other characters, an impossible length, and unused bits that are not zero are refused.
 *
 * Returns 0; ERR_INVALID; ERR_NO_MEMORY when `out` is full. `out` is not changed on an error.
 */
int base64url_decode(struct slice text, struct buf *out) __attribute__((warn_unused_result));

/* Append the encoding of `bytes` to `out`; a failure is kept in out->failed (buf.h). */
void base64url_encode(struct slice bytes, struct buf *out);

#endif
