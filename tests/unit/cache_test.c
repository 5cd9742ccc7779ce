/* cache_test.c - a key gives its own value or nothing, even in a full cache; age; forgetting. */
#include "unit.h"

#include <stdio.h>

#include "base/cache.h"
#include "base/clock.h"

static void a_key_gives_its_value(void **state)
{
	struct cache *cache = cache_new(8);

	(void)state;
	assert_null(cache_get(cache, "ann"));
	cache_put(cache, "ann", "one");
	assert_string_equal(cache_get(cache, "ann"), "one");
	assert_null(cache_get(cache, "an"));
	assert_null(cache_get(cache, "anna"));
	cache_put(cache, "ann", "two");
	assert_string_equal(cache_get(cache, "ann"), "two");
	cache_free(cache);
	cache_free(NULL);
}

static void an_evicted_key_gives_nothing(void **state)
{
	struct cache *cache = cache_new(4);
	unsigned found = 0;
	char key[16], value[16];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "key %u", i);
		snprintf(value, sizeof(value), "value %u", i);
		cache_put(cache, key, value);
		assert_string_equal(cache_get(cache, key), value);
	}
	for (unsigned i = 0; i < 100; i++) {
		const char *kept;

		snprintf(key, sizeof(key), "key %u", i);
		snprintf(value, sizeof(value), "value %u", i);
		kept = cache_get(cache, key);
		if (!kept)
			continue;
		assert_string_equal(kept, value);
		found++;
	}
	assert_int_equal(found, 4);
	cache_free(cache);
}

static void a_text_that_does_not_fit_is_not_inserted(void **state)
{
	struct cache *cache = cache_new(1);
	char key[CACHE_KEY_SIZE + 1];
	char value[CACHE_VALUE_SIZE + 1];

	(void)state;
	memset(key, 'k', sizeof(key));
	memset(value, 'v', sizeof(value));
	key[CACHE_KEY_SIZE] = value[CACHE_VALUE_SIZE] = '\0';
	cache_put(cache, "ann", "one");
	cache_put(cache, key, "two");
	cache_put(cache, "ben", value);
	cache_put(cache, "", "three");
	assert_null(cache_get(cache, key));
	assert_null(cache_get(cache, "ben"));
	assert_null(cache_get(cache, ""));
	key[CACHE_KEY_SIZE - 1] = value[CACHE_VALUE_SIZE - 1] = '\0';
	cache_put(cache, key, value);
	assert_string_equal(cache_get(cache, key), value);
	cache_free(cache);
}

static void a_value_is_found_by_its_age(void **state)
{
	struct cache *cache = cache_new(8);
	int64_t before_us = clock_monotonic_us();
	int64_t after_us;

	(void)state;
	cache_put(cache, "ann", "one");
	after_us = clock_monotonic_us() + 1;
	assert_string_equal(cache_get_since(cache, "ann", before_us), "one");
	assert_null(cache_get_since(cache, "ann", after_us));
	assert_null(cache_get_since(cache, "ann", INT64_MAX));
	assert_string_equal(cache_get(cache, "ann"), "one");
	while (clock_monotonic_us() < after_us)
		;
	cache_put(cache, "ann", "two");
	assert_string_equal(cache_get_since(cache, "ann", after_us), "two");
	cache_free(cache);
}

static void a_removed_key_gives_nothing(void **state)
{
	struct cache *cache = cache_new(1);

	(void)state;
	cache_put(cache, "ann", "one");
	cache_remove(cache, "ben");
	cache_remove(cache, "");
	assert_string_equal(cache_get(cache, "ann"), "one");
	cache_remove(cache, "ann");
	assert_null(cache_get(cache, "ann"));
	cache_put(cache, "ann", "two");
	assert_string_equal(cache_get(cache, "ann"), "two");
	cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_gives_its_value),
		cmocka_unit_test(an_evicted_key_gives_nothing),
		cmocka_unit_test(a_value_is_found_by_its_age),
		cmocka_unit_test(a_removed_key_gives_nothing),
		cmocka_unit_test(a_text_that_does_not_fit_is_not_inserted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
