/*
 * jsonout.h - writes JSON (RFC 8259) into a buffer; every JSON text that leaves this program is
 * made here.
 *
 * Commas and escapes are its business. What it is given as text is checked: invalid UTF-8 makes
 * it fail (as a full buffer does), so that nothing invalid goes out. The caller keeps the nesting
 * right; jsonout_end checks it. Failure is remembered and asked for once, by jsonout_end.
 */
#ifndef JSONOUT_H
#define JSONOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define JSONOUT_DEPTH_MAX 32

struct jsonout {
	struct buf *buf;
	unsigned depth;
	uint32_t object; /* bit n: level n + 1 is an object */
	bool comma;	 /* the next value needs a comma before it */
	bool failed;
};

/* Begin to write at the end of `buf`, which is borrowed until jsonout_end. */
void jsonout_begin(struct jsonout *out, struct buf *buf);

void jsonout_object(struct jsonout *out);
void jsonout_object_end(struct jsonout *out);
void jsonout_array(struct jsonout *out);
void jsonout_array_end(struct jsonout *out);

/* The key of the next member; `key` is a literal of ours that needs no escapes. */
void jsonout_key(struct jsonout *out, const char *key);

/* Values. jsonout_text: a NUL-terminated string, NULL is written as null. */
void jsonout_string(struct jsonout *out, struct slice value);
void jsonout_text(struct jsonout *out, const char *value);
void jsonout_integer(struct jsonout *out, int64_t value);
void jsonout_bool(struct jsonout *out, bool value);
void jsonout_null(struct jsonout *out);
/* microseconds since 1970, as clock_format writes them */
void jsonout_time(struct jsonout *out, int64_t us);

/* A string made from a format; what it formats is escaped as any other. At most 1024 bytes. */
void jsonout_format(struct jsonout *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A value that is JSON already (ours, or checked by jsonscan). */
void jsonout_raw(struct jsonout *out, struct slice json);

/* Members in one call: key and value. */
void jsonout_member_string(struct jsonout *out, const char *key, struct slice value);
/* null when value.ptr is NULL */
void jsonout_member_optional(struct jsonout *out, const char *key, struct slice value);
void jsonout_member_text(struct jsonout *out, const char *key, const char *value);
void jsonout_member_integer(struct jsonout *out, const char *key, int64_t value);
void jsonout_member_bool(struct jsonout *out, const char *key, bool value);
/* microseconds since 1970, as clock_format writes them */
void jsonout_member_time(struct jsonout *out, const char *key, int64_t us);

/*
 * Append `text` to `buf` as it stands within a JSON string: escaped, without quotes, for documents
 * that are not written by a jsonout. Returns false for invalid UTF-8; a full buffer fails by
 * itself.
 */
bool jsonout_escape(struct buf *buf, struct slice text) __attribute__((warn_unused_result));

/*
 * Returns 0 when all was written and every object and array is closed; ERR_NO_MEMORY when the
 * buffer was full; ERR_INTERNAL for invalid UTF-8 or wrong nesting.
 */
int jsonout_end(struct jsonout *out);

#endif
