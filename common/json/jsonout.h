/*
 * jsonout.h - writes JSON (RFC 8259) into a buffer. All JSON that leaves this program is written
 * here.
 *
 *	jsonout_begin(&out, &buf);
 *	jsonout_object(&out);                             {
 *	jsonout_member_text(&out, "handle", "bayko");     "handle":"bayko"
 *	jsonout_member_integer(&out, "count", 2);         ,"count":2
 *	jsonout_object_end(&out);                         }
 *	r = jsonout_end(&out);
 *
 * The writer places commas and escapes texts. Text that is not valid UTF-8, wrong nesting and a
 * full buffer are remembered; the caller checks once, with jsonout_end.
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

/* Open and close an object or an array; at most JSONOUT_DEPTH_MAX may be open. */
void jsonout_object(struct jsonout *out);
void jsonout_object_end(struct jsonout *out);
void jsonout_array(struct jsonout *out);
void jsonout_array_end(struct jsonout *out);

/* Write the key of the next member; `key` needs no escapes. An object is open. */
void jsonout_key(struct jsonout *out, const char *key);

/* Write a value. */
void jsonout_string(struct jsonout *out, struct slice value);
void jsonout_text(struct jsonout *out, const char *value); /* NUL-terminated; NULL writes null */
void jsonout_integer(struct jsonout *out, int64_t value);
void jsonout_bool(struct jsonout *out, bool value);
void jsonout_null(struct jsonout *out);
void jsonout_time(struct jsonout *out, int64_t us); /* since 1970; as clock_format writes it */

/* Write a formatted string, at most 1024 bytes before it is escaped. */
void jsonout_format(struct jsonout *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Write a value that is JSON already: our own text, or text that jsonscan has read. */
void jsonout_raw(struct jsonout *out, struct slice json);

/* Write a member, key and value. */
void jsonout_member_string(struct jsonout *out, const char *key, struct slice value);
void jsonout_member_text(struct jsonout *out, const char *key, const char *value);
void jsonout_member_integer(struct jsonout *out, const char *key, int64_t value);
void jsonout_member_bool(struct jsonout *out, const char *key, bool value);

/* Write a string member; null when value.ptr is NULL. */
void jsonout_member_optional(struct jsonout *out, const char *key, struct slice value);

/*
 * Append `text` to `buf` as it stands within a JSON string: escaped, without quotes, for documents
 * that are not written by a jsonout. Returns false for invalid UTF-8; a full buffer fails by
 * itself.
 */
bool jsonout_escape(struct buf *buf, struct slice text) __attribute__((warn_unused_result));

/*
 * Returns 0 when everything was written and every object and array is closed; ERR_NO_MEMORY when
 * the buffer is full; ERR_INTERNAL for invalid UTF-8, wrong nesting, or too long a jsonout_format.
 */
int jsonout_end(struct jsonout *out) __attribute__((warn_unused_result));

#endif
