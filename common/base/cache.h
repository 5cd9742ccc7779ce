/*
 * cache.h - a small bounded cache from one text to another, for values that never change.
 *
 * Direct-mapped: a key has exactly one slot, and inserting a key evicts whatever occupied its
 * slot. An entry may be forgotten but is never wrong: a miss costs one look-up at the source.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stddef.h>

#define CACHE_KEY_SIZE	 64 /* bytes with the NUL; a Cognito sub and a UUID have 36 characters */
#define CACHE_VALUE_SIZE 80 /* bytes with the NUL; two UUIDs fit */

struct cache;

/*
 * Make an empty cache of `slots` slots (at least 1).
 * Returns NULL when memory is exhausted. cache_free(NULL) does nothing.
 */
struct cache *cache_new(size_t slots);
void cache_free(struct cache *cache);

/* The value of `key`, borrowed until the next cache_put; NULL when it is not in the cache. */
const char *cache_get(const struct cache *cache, const char *key);

/* Insert `value` under `key`. A text that is too long, or an empty key, is not inserted. */
void cache_put(struct cache *cache, const char *key, const char *value);

#endif
