/*
 * jsonin.h - JSON from outside, read strictly into a json-c tree.
 *
 * jsonscan reads the text; json-c only holds the tree. json-c's own reader accepts NaN, -01, raw
 * tabs, overlong UTF-8, lone surrogates and duplicate keys even in its strict mode, and it damages
 * some characters written as surrogate pairs (U+1D800 to U+1DFFF, U+2D800 to U+2DFFF, …).
 */
#ifndef JSONIN_H
#define JSONIN_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/buf.h"

#define JSONIN_DEPTH_MAX 16

/*
 * Parse `text`, one JSON object that is at most JSONIN_DEPTH_MAX levels deep.
 *
 * ret_object: owned by the caller, for json_object_put or json_auto.
 * Returns 0; ERR_INVALID for anything that RFC 8259 does not allow, and for duplicate keys, a NUL
 * in a key, another type, an empty text; ERR_NO_MEMORY.
 */
int jsonin_object(struct slice text, json_object **ret_object) __attribute__((warn_unused_result));

/*
 * Read the member `key` of `object`. Unlike json-c's functions these never convert between types.
 *
 * ret_value, ret_array: borrowed from the tree. A string may contain NUL.
 * Returns 0; ERR_NOT_FOUND when the member is missing or null; ERR_INVALID when it has another
 * type. For jsonin_integer a fraction, an exponent and a number outside int64 are another type.
 */
int jsonin_string(const json_object *object, const char *key, struct slice *ret_value)
	__attribute__((warn_unused_result));
int jsonin_integer(const json_object *object, const char *key, int64_t *ret_value)
	__attribute__((warn_unused_result));
int jsonin_array(const json_object *object, const char *key, json_object **ret_array)
	__attribute__((warn_unused_result));

/* For json_auto, which frees a tree at the end of its scope. */
void jsonin_free(json_object **object);
#define json_auto __attribute__((cleanup(jsonin_free))) json_object

#endif
