/* names_test.c - the current names of several people. */
#include "services.h"

#include "base/err.h"
#include "domain/names.h"

#define ADA "11111111-1111-4111-8111-111111111111"
#define BOB "22222222-2222-4222-8222-222222222222"
#define EVE "33333333-3333-4333-8333-333333333333"

static const struct slice people[] = {SLICE(ADA), SLICE("no uuid"), SLICE(BOB)};

static void names_are_found_by_uuid(void **state)
{
	struct slice handle = SLICE("kept"), display_name = SLICE("kept");
	names_auto names = {0};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_names|{" ADA "," BOB "}",
			   .columns = "uuid handle display_name read_receipts",
			   .rows = BOB "|bob|Bob|f\n" ADA "|ada|Ada|t"}),
		       DYNAMODB_NONE);
	assert_int_equal(names_load(all.ctx.db, people, COUNT(people), &names), 0);
	assert_int_equal(names_count(&names), 2);
	assert_false(names_find(&names, SLICE(EVE), &handle, &display_name));
	assert_false(names_find(&names, SLICE("2"), &handle, &display_name));
	assert_true(slice_is(handle, "kept") && slice_is(display_name, "kept"));
	assert_true(names_find(&names, SLICE(ADA), &handle, &display_name));
	assert_true(slice_is(handle, "ada") && slice_is(display_name, "Ada"));
	assert_true(names_find(&names, SLICE(BOB), &handle, &display_name));
	assert_true(slice_is(handle, "bob") && slice_is(display_name, "Bob"));
	assert_true(names_receipts(&names, SLICE(ADA)));
	assert_false(names_receipts(&names, SLICE(BOB)));
	assert_true(names_receipts(&names, SLICE(EVE)));
	services_stop(&all);
}

static void people_have_a_bio(void **state)
{
	names_auto names = {0};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_people|{" ADA "," BOB "}",
			   .columns = "uuid handle display_name read_receipts bio",
			   .rows = ADA "|ada|Ada|t|first\n" BOB "|bob|Bob|f|\\N"}),
		       DYNAMODB_NONE);
	assert_int_equal(names_load_people(all.ctx.db, people, COUNT(people), &names), 0);
	assert_true(slice_is(names_bio(&names, SLICE(ADA)), "first"));
	assert_null(names_bio(&names, SLICE(BOB)).ptr);
	assert_null(names_bio(&names, SLICE(EVE)).ptr);
	services_stop(&all);
}

static void names_are_sent_for_and_received(void **state)
{
	struct slice handle, display_name;
	struct services all;

	(void)state;
	services_start(
		&all,
		PG({"users_names|{" ADA "}", .columns = "uuid handle display_name read_receipts",
		    .rows = ADA "|ada|Ada|t"},
		   {"users_names|{" ADA "}", .columns = "uuid handle display_name read_receipts",
		    .rows = ADA "|ada|Lovelace|t"},
		   {"users_names|{}", .state = "57014"}),
		DYNAMODB_NONE);
	for (int i = 0; i < 2; i++) {
		names_auto names = {0};

		assert_int_equal(names_send(all.ctx.db, people, 1, &names), 0);
		assert_int_equal(names_receive(all.ctx.db, &names), 0);
		assert_true(names_find(&names, SLICE(ADA), &handle, &display_name));
		assert_true(slice_is(display_name, i == 0 ? "Ada" : "Lovelace"));
	}
	{
		names_auto names = {0};

		assert_int_equal(names_load(all.ctx.db, NULL, 0, &names), ERR_UNAVAILABLE);
	}
	assert_int_equal(all.pg->connections, 1);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_by_uuid),
		cmocka_unit_test(people_have_a_bio),
		cmocka_unit_test(names_are_sent_for_and_received),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
