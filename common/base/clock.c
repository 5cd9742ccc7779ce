/* clock.c - see clock.h. */
#include "base/clock.h"

#include <stdbool.h>
#include <time.h>

#include "base/err.h"

#define SECOND_US   INT64_C(1000000)
#define YEAR_0000_S INT64_C(-62167219200)
#define YEAR_9999_S INT64_C(253402300799) /* its last second */
#define ZONE	    "+00:00"
#define ZONE_LEN    (sizeof(ZONE) - 1)
#define DAY_S	    86400
#define CYCLE_DAYS  146097 /* of 400 years */
#define MARCH_DAY   60	   /* 0000-03-01, from 0000-01-01 */
#define SECONDS_LEN 19	   /* 2026-11-22T12:00:00 */

static int64_t read_us(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
	return read_us(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

/* Write `value` as `width` digits, then `after`. Returns the place after both. */
static char *put(char *at, int width, uint32_t value, char after)
{
	for (int i = width - 1; i >= 0; i--) {
		at[i] = (char)('0' + value % 10);
		value /= 10;
	}
	at[width] = after;
	return at + width + 1;
}

/*
 * The date of `day`, counted from 0000-01-01: Howard Hinnant's civil_from_days
 * (https://howardhinnant.github.io/date_algorithms.html). Years begin on 1 March, so that the leap
 * day is the last day of its year and the lengths of the months follow a line: 31, 30, 31, 30, 31,
 * 31, … Days are counted in cycles of 400 years, from -0400-03-01: nothing is negative.
 */
static void date_of(uint32_t day, uint32_t *ret_year, uint32_t *ret_month, uint32_t *ret_day)
{
	uint32_t from_march = day + CYCLE_DAYS - MARCH_DAY;
	uint32_t of_cycle = from_march % CYCLE_DAYS;
	uint32_t year = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
	uint32_t of_year = of_cycle - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * of_year + 2) / 153; /* 0 is March */

	*ret_day = of_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = year + from_march / CYCLE_DAYS * 400 + (month >= 10) - 400;
}

void clock_format(int64_t us, char ret_text[CLOCK_TEXT_SIZE])
{
	uint64_t from_0000_us, s;
	uint32_t year, month, day, of_day_s;
	char *at = ret_text;

	if (us < YEAR_0000_S * SECOND_US)
		us = YEAR_0000_S * SECOND_US;
	if (us > YEAR_9999_S * SECOND_US + SECOND_US - 1)
		us = YEAR_9999_S * SECOND_US + SECOND_US - 1;
	from_0000_us = (uint64_t)(us - YEAR_0000_S * SECOND_US);
	s = from_0000_us / SECOND_US;
	of_day_s = (uint32_t)(s % DAY_S);
	date_of((uint32_t)(s / DAY_S), &year, &month, &day);
	at = put(at, 4, year, '-');
	at = put(at, 2, month, '-');
	at = put(at, 2, day, 'T');
	at = put(at, 2, of_day_s / 3600, ':');
	at = put(at, 2, of_day_s / 60 % 60, ':');
	at = put(at, 2, of_day_s % 60, '.');
	at = put(at, 6, (uint32_t)(from_0000_us % SECOND_US), '\0') - 1;
	memcpy(at, ZONE, sizeof(ZONE));
}

/*
 * Read the `width` digits at `at` of `text` and move `at` past them and the separator after them.
 * Separators are not looked at.
 */
static bool take(struct slice text, size_t *at, size_t width, int *ret_number)
{
	uint64_t number;

	if (!slice_number((struct slice){text.ptr + *at, width}, 10, 9999, &number))
		return false;
	*at += width + 1;
	*ret_number = (int)number;
	return true;
}

/* Read ".1" to ".123456" as microseconds; "" is 0. */
static bool read_fraction(struct slice text, uint64_t *ret_us)
{
	uint64_t us = 0;

	if (text.len == 0) {
		*ret_us = 0;
		return true;
	}
	if (text.ptr[0] != '.' || text.len > 7 ||
	    !slice_number(slice_from(text, 1), 10, 999999, &us))
		return false;
	for (size_t digits = text.len - 1; digits < 6; digits++)
		us *= 10;
	*ret_us = us;
	return true;
}

/*
 * timegm accepts any numbers, such as 31 February or 25 o'clock. Therefore the result is formatted
 * again: only a real date in exactly this form gives the text that was read.
 */
int clock_parse(struct slice text, int64_t *ret_us)
{
	char again[CLOCK_TEXT_SIZE];
	struct tm tm = {0};
	uint64_t fraction_us;
	size_t at = 0;
	int64_t us;

	if (text.len < SECONDS_LEN + ZONE_LEN ||
	    memcmp(text.ptr + text.len - ZONE_LEN, ZONE, ZONE_LEN) != 0)
		return ERR_INVALID;
	text.len -= ZONE_LEN;
	if (!take(text, &at, 4, &tm.tm_year) || !take(text, &at, 2, &tm.tm_mon) ||
	    !take(text, &at, 2, &tm.tm_mday) || !take(text, &at, 2, &tm.tm_hour) ||
	    !take(text, &at, 2, &tm.tm_min) || !take(text, &at, 2, &tm.tm_sec) ||
	    !read_fraction(slice_from(text, SECONDS_LEN), &fraction_us))
		return ERR_INVALID;

	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	us = timegm(&tm) * SECOND_US;
	clock_format(us, again);
	if (memcmp(again, text.ptr, SECONDS_LEN) != 0)
		return ERR_INVALID;
	*ret_us = us + (int64_t)fraction_us;
	return 0;
}

void clock_sleep_ms(int64_t ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&time, NULL);
}
