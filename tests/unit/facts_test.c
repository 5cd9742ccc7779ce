/* facts_test.c - what is found is what was kept under that very key, however crowded it is. */
#include "unit.h"

#include <stdio.h>

#include "facts.h"

static void what_was_kept_is_found(void **state)
{
	struct facts *facts = facts_new(8);

	(void)state;
	assert_null(facts_find(facts, "ann"));
	facts_keep(facts, "ann", "one");
	assert_string_equal(facts_find(facts, "ann"), "one");
	assert_null(facts_find(facts, "an"));
	assert_null(facts_find(facts, "anna"));
	facts_keep(facts, "ann", "two");
	assert_string_equal(facts_find(facts, "ann"), "two");
	facts_free(facts);
	facts_free(NULL);
}

static void a_newcomer_takes_the_place_and_never_the_value(void **state)
{
	struct facts *facts = facts_new(4);
	unsigned found = 0;
	char key[16], value[16];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "key %u", i);
		snprintf(value, sizeof(value), "value %u", i);
		facts_keep(facts, key, value);
		assert_string_equal(facts_find(facts, key), value);
	}
	for (unsigned i = 0; i < 100; i++) {
		const char *kept;

		snprintf(key, sizeof(key), "key %u", i);
		snprintf(value, sizeof(value), "value %u", i);
		kept = facts_find(facts, key);
		if (!kept)
			continue;
		assert_string_equal(kept, value);
		found++;
	}
	assert_int_equal(found, 4);
	facts_free(facts);
}

static void what_does_not_fit_is_not_kept(void **state)
{
	struct facts *facts = facts_new(1);
	char key[FACTS_KEY_SIZE + 1];
	char value[FACTS_VALUE_SIZE + 1];

	(void)state;
	memset(key, 'k', sizeof(key));
	memset(value, 'v', sizeof(value));
	key[FACTS_KEY_SIZE] = value[FACTS_VALUE_SIZE] = '\0';
	facts_keep(facts, "ann", "one");
	facts_keep(facts, key, "two");
	facts_keep(facts, "ben", value);
	facts_keep(facts, "", "three");
	assert_null(facts_find(facts, key));
	assert_null(facts_find(facts, "ben"));
	assert_null(facts_find(facts, ""));
	key[FACTS_KEY_SIZE - 1] = value[FACTS_VALUE_SIZE - 1] = '\0';
	facts_keep(facts, key, value);
	assert_string_equal(facts_find(facts, key), value);
	facts_free(facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_kept_is_found),
		cmocka_unit_test(a_newcomer_takes_the_place_and_never_the_value),
		cmocka_unit_test(what_does_not_fit_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
