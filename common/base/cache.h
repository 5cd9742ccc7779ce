/*
 * cache.h - a small bounded cache from one text to another.
 *
 * Direct-mapped: a key has exactly one slot, and inserting a key evicts whatever occupied its
 * slot. An entry may be forgotten at any time: a miss costs one look-up at the source. Values that
 * can change are asked for by their age.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stddef.h>
#include <stdint.h>

#define CACHE_KEY_SIZE	 72 /* bytes with the NUL; a UUID has 36 characters, a digest in hex 64 */
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

/* The same, if it was inserted at `since_us` (clock_monotonic_us) or later. */
const char *cache_get_since(const struct cache *cache, const char *key, int64_t since_us);

/* Insert `value` under `key`. A text that is too long, or an empty key, is not inserted. */
void cache_put(struct cache *cache, const char *key, const char *value);

/* Forget `key`. */
void cache_remove(struct cache *cache, const char *key);

#endif
