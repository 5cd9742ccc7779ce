/* facts.c - what facts.h says. */
#include "facts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct fact {
	char key[FACTS_KEY_SIZE]; /* "" in an empty slot */
	char value[FACTS_VALUE_SIZE];
};

struct facts {
	size_t slots;
	struct fact facts[];
};

struct facts *facts_new(size_t slots)
{
	struct facts *facts = calloc(1, sizeof(*facts) + slots * sizeof(facts->facts[0]));

	if (facts)
		facts->slots = slots;
	return facts;
}

void facts_free(struct facts *facts)
{
	free(facts);
}

/* FNV-1a. Keys are subjects of verified tokens and ids of ours: nobody makes them collide. */
static size_t slot_of(const struct facts *facts, const char *key)
{
	uint32_t hash = 2166136261u;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 16777619u;
	return hash % facts->slots;
}

const char *facts_find(const struct facts *facts, const char *key)
{
	const struct fact *fact = &facts->facts[slot_of(facts, key)];

	return *key && strcmp(fact->key, key) == 0 ? fact->value : NULL;
}

void facts_keep(struct facts *facts, const char *key, const char *value)
{
	struct fact *fact = &facts->facts[slot_of(facts, key)];
	size_t key_len = strlen(key);
	size_t value_len = strlen(value);

	if (key_len >= sizeof(fact->key) || value_len >= sizeof(fact->value))
		return;
	memcpy(fact->key, key, key_len + 1);
	memcpy(fact->value, value, value_len + 1);
}
