/* clock_test.c - the format of times: exact, sortable, and parsed strictly. */
#include "unit.h"

#include "base/clock.h"
#include "base/err.h"

static const struct {
	int64_t us;
	const char *text;
} known[] = {
	{0, "1970-01-01T00:00:00.000000+00:00"},
	{1, "1970-01-01T00:00:00.000001+00:00"},
	{-1, "1969-12-31T23:59:59.999999+00:00"},
	{INT64_C(951782400000000), "2000-02-29T00:00:00.000000+00:00"},
	{INT64_C(1700000000123456), "2023-11-14T22:13:20.123456+00:00"},
	{INT64_C(1798761599999999), "2026-12-31T23:59:59.999999+00:00"},
	{INT64_C(4107542400000000), "2100-03-01T00:00:00.000000+00:00"},
	{INT64_C(253402300799999999), "9999-12-31T23:59:59.999999+00:00"},
	{INT64_C(-62167219200000000), "0000-01-01T00:00:00.000000+00:00"},
};

static void known_times_are_formatted_and_parsed(void **state)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t us;

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		clock_format(known[i].us, text);
		assert_string_equal(text, known[i].text);
		assert_int_equal(clock_parse(slice_of(known[i].text), &us), 0);
		assert_int_equal(us, known[i].us);
	}
}

static void times_outside_of_four_digit_years_are_clamped(void **state)
{
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	clock_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999999+00:00");
	clock_format(INT64_MIN, text);
	assert_string_equal(text, "0000-01-01T00:00:00.000000+00:00");
}

static int64_t random_time(void)
{
	int64_t us = (int64_t)random_below(UINT32_MAX) << 26 | random_below(1u << 26);

	return us - INT64_C(62167219200000000);
}

static void random_times_survive_a_round_trip_and_sort_as_text(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		int64_t a = random_time();
		int64_t b = random_below(2) ? random_time() : a + 1;
		char text_a[CLOCK_TEXT_SIZE], text_b[CLOCK_TEXT_SIZE];
		int64_t back;

		clock_format(a, text_a);
		clock_format(b, text_b);
		assert_int_equal(strlen(text_a), CLOCK_TEXT_SIZE - 1);
		assert_int_equal(clock_parse(slice_of(text_a), &back), 0);
		assert_int_equal(back, a);
		assert_int_equal(strcmp(text_a, text_b) < 0, a < b);
	}
}

static void a_short_fraction_is_accepted(void **state)
{
	static const struct {
		const char *text;
		int64_t fraction;
	} cases[] = {
		{"2023-11-14T22:13:20+00:00", 0},
		{"2023-11-14T22:13:20.1+00:00", 100000},
		{"2023-11-14T22:13:20.012+00:00", 12000},
		{"2023-11-14T22:13:20.000001+00:00", 1},
	};
	int64_t us;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(clock_parse(slice_of(cases[i].text), &us), 0);
		assert_int_equal(us, INT64_C(1700000000000000) + cases[i].fraction);
	}
}

static void other_formats_are_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"+00:00",
		"2023-11-14",
		"2023-11-14T22:13:20",
		"2023-11-14T22:13:20Z",
		"2023-11-14T22:13:20.123456",
		"2023-11-14T22:13:20.123456+01:00",
		"2023-11-14T22:13:20.123456-00:00",
		"2023-11-14 22:13:20.123456+00:00",
		"2023-11-14T22:13:20,123456+00:00",
		"2023-11-14T22:13:20.+00:00",
		"2023-11-14T22:13:20.1234567+00:00",
		"2023-11-14T22:13:20.12a456+00:00",
		"2023-11-14T22:13:2a.123456+00:00",
		"2023-11-14T22:13:20.123456+00:00 ",
		" 2023-11-14T22:13:20.123456+00:00",
		"2023-02-29T00:00:00.000000+00:00",
		"2100-02-29T00:00:00.000000+00:00",
		"2023-13-01T00:00:00.000000+00:00",
		"2023-00-10T00:00:00.000000+00:00",
		"2023-01-00T00:00:00.000000+00:00",
		"2023-01-32T00:00:00.000000+00:00",
		"2023-01-01T24:00:00.000000+00:00",
		"2023-01-01T00:60:00.000000+00:00",
		"2023-01-01T00:00:60.000000+00:00",
		"-023-01-01T00:00:00.000000+00:00",
		"\xFF\xFF\xFF\xFF-\xFF\xFF-\xFF\xFFT\xFF\xFF:\xFF\xFF:\xFF\xFF+00:00",
	};
	int64_t us = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(clock_parse(slice_of(cases[i]), &us), ERR_INVALID);
	assert_int_equal(us, 7);
}

/* A text with one changed byte is refused, or is the canonical text of another time. */
static void accepted_texts_are_canonical(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		char text[CLOCK_TEXT_SIZE], again[CLOCK_TEXT_SIZE];
		int64_t us;

		clock_format(random_time(), text);
		text[random_below(CLOCK_TEXT_SIZE - 1)] =
			(char)(random_below(2) ? '0' + (int)random_below(12)
					       : (int)random_below(127) + 1);
		if (clock_parse(slice_of(text), &us) != 0)
			continue;
		clock_format(us, again);
		assert_string_equal(text, again);
	}
}

static void monotonic_time_does_not_go_back(void **state)
{
	int64_t us = clock_monotonic_us();
	int64_t ms = clock_monotonic_ms();

	(void)state;
	assert_true(ms >= us / 1000);
	assert_true(clock_monotonic_us() >= us);
	assert_true(clock_monotonic_ms() >= ms);
	assert_true(clock_now_us() > INT64_C(1700000000000000));
}

static void a_sleep_is_not_shorter_than_asked(void **state)
{
	static const int64_t times_ms[] = {1, 30, 1002};

	(void)state;
	for (size_t i = 0; i < COUNT(times_ms); i++) {
		int64_t start_us = clock_monotonic_us();

		clock_sleep_ms(times_ms[i]);
		assert_true(clock_monotonic_us() - start_us >= times_ms[i] * 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_times_are_formatted_and_parsed),
		cmocka_unit_test(times_outside_of_four_digit_years_are_clamped),
		cmocka_unit_test(random_times_survive_a_round_trip_and_sort_as_text),
		cmocka_unit_test(a_short_fraction_is_accepted),
		cmocka_unit_test(other_formats_are_refused),
		cmocka_unit_test(accepted_texts_are_canonical),
		cmocka_unit_test(monotonic_time_does_not_go_back),
		cmocka_unit_test(a_sleep_is_not_shorter_than_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
