/*
 * percent.h - percent-encoding (RFC 3986 §2.1).
 */
#ifndef PERCENT_H
#define PERCENT_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Decode each %XX of `text`, and "+" as a space when `plus` (application/x-www-form-urlencoded).
 * to: at least text.len bytes; the result is never longer than the text.
 * ret_len: bytes of the result.
 * Returns 0; ERR_INVALID for an escape that is cut short or not hexadecimal, and for a result that
 * contains a NUL or is not UTF-8; `to` is undefined then.
 */
int percent_decode(struct slice text, bool plus, char *to, size_t *ret_len)
	__attribute__((warn_unused_result));

/* Append `text` to `buf`, each byte as %XX that is not a letter, a digit, or one of "-._~" (§2.3).
 */
void percent_encode(struct buf *buf, struct slice text);

#endif
