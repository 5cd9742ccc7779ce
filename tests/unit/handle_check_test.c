/* handle_check_test.c - which handles are available, and suggestions. */
#include "services.h"

#include "base/err.h"
#include "domain/handle_check.h"

#define SUFFIXED(h)                                                                                \
	h "," h "2," h "3," h "4," h "6," h "7," h "8," h "9," h "22," h "33," h "44," h "66," h   \
	  "77," h "88," h "99"

static void check(const char *text, const struct pgserver_step *steps, size_t count,
		  const char *expected)
{
	struct services all;

	services_start(&all, steps, count, DYNAMODB_NONE);
	assert_int_equal(handle_check_write(all.ctx.db, slice_of(text), &all.resp), 0);
	assert_string_equal(all.resp.body.data, expected);
	services_stop(&all);
}

static void a_free_handle_is_available(void **state)
{
	(void)state;
	check(" ada\n",
	      PG({"users_handles_taken|{" SUFFIXED("ada") "}", .columns = "handle",
		  .rows = "ada2"}),
	      "{\"available\":true,\"reason\":null,\"suggestions\":[]}");
}

static void a_taken_handle_has_suggestions(void **state)
{
	(void)state;
	check("ada",
	      PG({"users_handles_taken|{" SUFFIXED("ada") "}", .columns = "handle",
		  .rows = "ada3\nada\nada6"}),
	      "{\"available\":false,\"reason\":\"handle_taken\","
	      "\"suggestions\":[\"ada2\",\"ada4\",\"ada7\"]}");
}

static void of_an_invalid_handle_the_letters_are_kept(void **state)
{
	(void)state;
	check("a d-a!", PG({"users_handles_taken|{" SUFFIXED("ada") "}", .columns = "handle"}),
	      "{\"available\":false,\"reason\":\"handle_invalid\","
	      "\"suggestions\":[\"ada\",\"ada2\",\"ada3\"]}");
	check("!", PG({"users_handles_taken|{}", .columns = "handle"}),
	      "{\"available\":false,\"reason\":\"handle_invalid\",\"suggestions\":[]}");
}

static void a_long_handle_is_cut_for_its_suffix(void **state)
{
	(void)state;
	check("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", PG({.columns = "handle"}),
	      "{\"available\":false,\"reason\":\"handle_invalid\","
	      "\"suggestions\":[\"abcdefghijklmnopqrstuvwxyzabcd\","
	      "\"abcdefghijklmnopqrstuvwxyzabc2\",\"abcdefghijklmnopqrstuvwxyzabc3\"]}");
}

static void a_reserved_handle_has_no_suggestions(void **state)
{
	(void)state;
	check("admin", PG({"users_handles_taken|{}", .columns = "handle"}),
	      "{\"available\":false,\"reason\":\"handle_reserved\",\"suggestions\":[]}");
}

static void without_an_answer_nothing_is_written(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG({.state = "57014"}), DYNAMODB_NONE);
	assert_int_equal(handle_check_write(all.ctx.db, SLICE("ada"), &all.resp), ERR_UNAVAILABLE);
	assert_int_equal(all.resp.body.len, 0);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_free_handle_is_available),
		cmocka_unit_test(a_taken_handle_has_suggestions),
		cmocka_unit_test(of_an_invalid_handle_the_letters_are_kept),
		cmocka_unit_test(a_long_handle_is_cut_for_its_suffix),
		cmocka_unit_test(a_reserved_handle_has_no_suggestions),
		cmocka_unit_test(without_an_answer_nothing_is_written),
	};

	return cmocka_run_group_tests_name("handle_check", tests, NULL, NULL);
}
