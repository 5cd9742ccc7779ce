/* cache.c - see cache.h. */
#include "base/cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fnv.h"

struct slot {
	char key[CACHE_KEY_SIZE]; /* "" in an empty slot */
	char value[CACHE_VALUE_SIZE];
	int64_t put_us; /* clock_monotonic_us */
};

struct cache {
	size_t count;
	struct slot slots[];
};

struct cache *cache_new(size_t slots)
{
	struct cache *cache;

	assert(slots > 0);
	cache = calloc(1, sizeof(*cache) + slots * sizeof(cache->slots[0]));
	if (cache)
		cache->count = slots;
	return cache;
}

void cache_free(struct cache *cache)
{
	free(cache);
}

/*
 * Nobody can choose keys that collide: they are subjects and digests of verified tokens, and uuids
 * that we made.
 */
static size_t slot_of(const struct cache *cache, const char *key)
{
	return fnv(FNV_START, key, strlen(key)) % cache->count;
}

const char *cache_get(const struct cache *cache, const char *key)
{
	return cache_get_since(cache, key, INT64_MIN);
}

const char *cache_get_since(const struct cache *cache, const char *key, int64_t since_us)
{
	const struct slot *slot = &cache->slots[slot_of(cache, key)];

	if (!*key || strcmp(slot->key, key) != 0 || slot->put_us < since_us)
		return NULL;
	return slot->value;
}

void cache_put(struct cache *cache, const char *key, const char *value)
{
	struct slot *slot = &cache->slots[slot_of(cache, key)];
	size_t key_len = strlen(key);
	size_t value_len = strlen(value);

	if (key_len >= sizeof(slot->key) || value_len >= sizeof(slot->value))
		return;
	memcpy(slot->key, key, key_len + 1);
	memcpy(slot->value, value, value_len + 1);
	slot->put_us = clock_monotonic_us();
}

void cache_remove(struct cache *cache, const char *key)
{
	struct slot *slot = &cache->slots[slot_of(cache, key)];

	if (strcmp(slot->key, key) == 0)
		slot->key[0] = '\0';
}
