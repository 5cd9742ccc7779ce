/* keyset_test.c - positions in lists, from cursors and from rows. */
#include "unit.h"

#include "base/err.h"
#include "web/keyset.h"
#include "web/problem.h"

#define UUID "4f1d7c52-0c0e-4b7e-9d52-1be3a6a0c9f4"

static void the_first_page_starts_before_all_rows(void **state)
{
	const struct page page = {.limit = 20};
	struct keyset keyset;

	(void)state;
	assert_int_equal(keyset_of_page(&page, &keyset), 0);
	assert_string_equal(keyset.created_at, "infinity");
	assert_string_equal(keyset.uuid, "ffffffff-ffff-ffff-ffff-ffffffffffff");
}

static void the_position_of_a_row_survives_its_cursor(void **state)
{
	const int64_t times[] = {0, 1, INT64_C(1795348800123456), INT64_C(253402300799999999)};

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		struct keyset row, read;
		struct page page = {.has_cursor = true};

		assert_int_equal(keyset_of_row(times[i], SLICE(UUID), &row), 0);
		page.fields[0] = row.created_at;
		page.fields[1] = row.uuid;
		assert_int_equal(keyset_of_page(&page, &read), 0);
		assert_string_equal(read.created_at, row.created_at);
		assert_string_equal(read.uuid, UUID);
	}
}

static void malformed_positions_are_refused(void **state)
{
	static const char *const bad[][KEYSET_FIELDS] = {
		{"", UUID},
		{"infinity", UUID},
		{"now", UUID},
		{"0000-01-01T00:00:00.000000+00:00", UUID},
		{"1969-12-31T23:59:59.999999+00:00", UUID},
		{"2026-02-30T00:00:00.000000+00:00", UUID},
		{"2026-11-22T12:00:00.123456Z", UUID},
		{"2026-11-22T12:00:00.123456+00:00 ", UUID},
		{"2026-11-22T12:00:00.123456+00:00", ""},
		{"2026-11-22T12:00:00.123456+00:00", "4f1d7c520c0e4b7e9d521be3a6a0c9f4"},
		{"2026-11-22T12:00:00.123456+00:00", UUID "'"},
	};
	struct keyset keyset = {"untouched", "untouched"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(keyset_read(bad[i], &keyset), PROBLEM_CURSOR_INVALID);
	assert_string_equal(keyset.created_at, "untouched");
	assert_string_equal(keyset.uuid, "untouched");
}

static void a_row_without_a_uuid_is_an_error(void **state)
{
	struct keyset keyset;

	(void)state;
	assert_int_equal(keyset_of_row(0, SLICE("x"), &keyset), ERR_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_page_starts_before_all_rows),
		cmocka_unit_test(the_position_of_a_row_survives_its_cursor),
		cmocka_unit_test(malformed_positions_are_refused),
		cmocka_unit_test(a_row_without_a_uuid_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
