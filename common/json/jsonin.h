/*
 * jsonin.h - JSON that comes from outside, as a json-c tree, read strictly.
 *
 * jsonscan reads the text, json-c only holds the tree: even its strict mode takes NaN, -01, raw
 * tabs, overlong UTF-8, lone surrogates and duplicate keys, and its unescaping of surrogate pairs
 * loses some characters (U+1D800 to U+1DFFF, U+2D800 to U+2DFFF, …).
 */
#ifndef JSONIN_H
#define JSONIN_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/buf.h"

#define JSONIN_DEPTH_MAX 16

/*
 * Parse `text` into an object (not an array or a plain value), at most JSONIN_DEPTH_MAX deep.
 * ret_object: owned by the caller, for json_object_put or json_auto.
 * Returns 0; ERR_INVALID for anything RFC 8259 refuses, duplicate keys, a NUL in a key,
 * other types, an empty text; ERR_NO_MEMORY.
 */
int jsonin_object(struct slice text, json_object **ret_object);

/*
 * A member of `object` by its type, without json-c's coercions. The slice is borrowed from the
 * tree and may contain NUL.
 * Returns 0; ERR_NOT_FOUND when it is missing or null; ERR_INVALID when it is of another type
 * (jsonin_integer: also a fraction, an exponent, or a number outside int64).
 */
int jsonin_string(const json_object *object, const char *key, struct slice *ret);
int jsonin_integer(const json_object *object, const char *key, int64_t *ret);
int jsonin_array(const json_object *object, const char *key, json_object **ret);

void jsonin_free(json_object **object);
#define json_auto __attribute__((cleanup(jsonin_free))) json_object

#endif
