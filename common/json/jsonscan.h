/*
 * jsonscan.h - a strict pull reader for JSON (RFC 8259) that builds no tree.
 *
 * It reads JSON from outside (jsonin.h builds a tree with it) and the answers of DynamoDB, for
 * which a tree would cost more than everything else. It refuses everything outside the grammar,
 * invalid UTF-8 (RFC 3629: overlong forms, surrogates, above U+10FFFF), lone surrogates in escapes,
 * a byte order mark, more than `depth_max` levels, and text after the value.
 *
 * Reading an object:
 *	jsonscan_object(&scan);
 *	while (jsonscan_member(&scan, &key))
 *		if (slice_is(key, "Count"))
 *			jsonscan_integer(&scan, &count);
 *		else
 *			jsonscan_skip(&scan);
 * An error sets `failed`; all later calls then do nothing and return false. The caller checks once,
 * with jsonscan_end.
 */
#ifndef JSONSCAN_H
#define JSONSCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define JSONSCAN_DEPTH_MAX 32

struct jsonscan {
	char *at; /* the next byte; strings are unescaped in place */
	char *end;
	unsigned depth;
	unsigned depth_max;
	uint32_t first;	 /* bit n: no member or element of level n + 1 was read yet */
	uint32_t object; /* bit n: level n + 1 is an object */
	size_t members;	 /* of all objects so far */
	bool failed;
};

enum jsonscan_type {
	JSONSCAN_NONE, /* nothing valid begins here */
	JSONSCAN_OBJECT,
	JSONSCAN_ARRAY,
	JSONSCAN_STRING,
	JSONSCAN_NUMBER,
	JSONSCAN_TRUE,
	JSONSCAN_FALSE,
	JSONSCAN_NULL,
};

/*
 * Begin to read `len` bytes of `text`. Reading strings changes the text (escapes are replaced), and
 * the slices that are read point into it.
 *
 * depth_max: levels of objects and arrays; values above JSONSCAN_DEPTH_MAX count as that.
 */
void jsonscan_begin(struct jsonscan *scan, char *text, size_t len, unsigned depth_max);

/* The type of the next value, without reading it. */
enum jsonscan_type jsonscan_peek(struct jsonscan *scan);

/* Enter the object or array that comes next. */
bool jsonscan_object(struct jsonscan *scan);
bool jsonscan_array(struct jsonscan *scan);

/*
 * Go to the next member of the object that was entered, and read its key; go to the next element of
 * the array. Returns false on an error and at the end, where the object or array is left.
 */
bool jsonscan_member(struct jsonscan *scan, struct slice *ret_key);
bool jsonscan_element(struct jsonscan *scan);

/*
 * Read a value: a string (unescaped UTF-8, may contain NUL), a number as it is written, an integer
 * (without fraction or exponent, within int64).
 */
bool jsonscan_string(struct jsonscan *scan, struct slice *ret_text);
bool jsonscan_number(struct jsonscan *scan, struct slice *ret_text);
bool jsonscan_integer(struct jsonscan *scan, int64_t *ret_value);

/* Read and drop a value of any type. Its strings are checked but not unescaped. */
bool jsonscan_skip(struct jsonscan *scan);

/* Whether everything was read without an error and only white space is left. */
bool jsonscan_end(struct jsonscan *scan);

#endif
