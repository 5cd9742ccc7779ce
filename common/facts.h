/*
 * facts.h - remembered facts that never change: a small table from one text to another.
 *
 * Each key has one slot, and a newcomer takes the place of whoever has it: what is not found is
 * looked up where it comes from, and kept again.
 */
#ifndef FACTS_H
#define FACTS_H

#include <stddef.h>

#define FACTS_KEY_SIZE	 64 /* a Cognito sub and a UUID have 36 characters */
#define FACTS_VALUE_SIZE 80 /* two UUIDs */

struct facts;

/*
 * Make a table of so many slots. Returns NULL when memory is exhausted. facts_free(NULL) does
 * nothing.
 */
struct facts *facts_new(size_t slots);
void facts_free(struct facts *facts);

/* What is kept under `key`, borrowed until the next facts_keep; NULL when it is not known. */
const char *facts_find(const struct facts *facts, const char *key);

/* Keep `value` under `key`; a text that is too long for its place, or an empty key, is not kept. */
void facts_keep(struct facts *facts, const char *key, const char *value);

#endif
