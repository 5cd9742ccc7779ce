/*
 * base64url.h - the URL-safe base64 of RFC 4648 §5, without padding, as JWTs and cursors use it.
 */
#ifndef BASE64URL_H
#define BASE64URL_H

#include "base/buf.h"

/*
 * Decode `text` to the end of `ret`. Each byte string has exactly one text: refused are padding,
 * any other character, an impossible length, and unused bits that are not zero.
 * Returns 0; ERR_INVALID; ERR_NO_MEMORY when `ret` is full. On an error `ret` is as long as before.
 */
int base64url_decode(struct slice text, struct buf *ret);

/* Encode `bytes` to the end of `ret`, which remembers a failure as any append does. */
void base64url_encode(struct slice bytes, struct buf *ret);

#endif
