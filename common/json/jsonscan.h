/*
 * jsonscan.h - a strict pull reader for JSON (RFC 8259) without a tree.
 *
 * It reads what comes from outside (jsonin.h makes a tree of it), and DynamoDB's answers, where
 * building a tree would cost more than everything else. Refused: everything outside the grammar,
 * invalid UTF-8 (RFC 3629: overlong forms, surrogates, above U+10FFFF), lone surrogates in escapes,
 * a byte order mark, more than `depth_max` levels, text after the value.
 *
 * Reading an object:
 *	jsonscan_object(&scan);
 *	while (jsonscan_member(&scan, &key))
 *		if (slice_is(key, "Count")) jsonscan_integer(&scan, &count);
 *		else jsonscan_skip(&scan);
 * An error is remembered in `failed`: all later calls do nothing and return false, so that it is
 * checked once, by jsonscan_end.
 */
#ifndef JSONSCAN_H
#define JSONSCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define JSONSCAN_DEPTH_MAX 32

struct jsonscan {
	char *at; /* strings are unescaped where they stand */
	char *end;
	unsigned depth;
	unsigned depth_max;
	uint32_t first;	 /* bit n: level n + 1 has had no member or element yet */
	uint32_t object; /* bit n: level n + 1 is an object */
	size_t members;	 /* members of all objects seen so far */
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
 * Begin to read `len` bytes of `text`. The text is changed by reading strings and must live as
 * long as the slices that were read. depth_max: at most JSONSCAN_DEPTH_MAX.
 */
void jsonscan_begin(struct jsonscan *scan, char *text, size_t len, unsigned depth_max);

/* What the next value is; reads nothing. */
enum jsonscan_type jsonscan_peek(struct jsonscan *scan);

/* Enter the object or array that comes next. */
bool jsonscan_object(struct jsonscan *scan);
bool jsonscan_array(struct jsonscan *scan);

/*
 * Go to the next member (its key is read) or element of the object or array that was entered;
 * false at its end, which is then left, or on an error.
 */
bool jsonscan_member(struct jsonscan *scan, struct slice *ret_key);
bool jsonscan_element(struct jsonscan *scan);

/* Read a string (unescaped, UTF-8, may contain NUL), a number as it is written, an integer. */
bool jsonscan_string(struct jsonscan *scan, struct slice *ret);
bool jsonscan_number(struct jsonscan *scan, struct slice *ret);
bool jsonscan_integer(struct jsonscan *scan, int64_t *ret);

/* Read a value of any type and forget it; its strings are checked but not unescaped. */
bool jsonscan_skip(struct jsonscan *scan);

/* Whether all was read without an error and only white space is left. */
bool jsonscan_end(struct jsonscan *scan);

#endif
