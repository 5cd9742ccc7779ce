/* clock.c - what clock.h says. */
#include "base/clock.h"

#include <time.h>

#include "base/err.h"

#define SECOND_US    INT64_C(1000000)
#define YEAR_0000_S  INT64_C(-62167219200)
#define YEAR_9999_S  INT64_C(253402300799) /* its last second */
#define ZONE	     "+00:00"
#define ZONE_LEN     (sizeof(ZONE) - 1)
#define DAY_S	     86400
#define CYCLE_DAYS   146097 /* of 400 years */
#define DAYS_TO_1970 719468 /* from 0000-03-01 */
#define SECONDS_LEN  19	    /* 2026-11-22T12:00:00 */

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

/* Write `value` in `width` digits and the character after it; returns what follows. */
static char *put(char *at, int width, int64_t value, char after)
{
	for (int i = width - 1; i >= 0; i--) {
		at[i] = (char)('0' + value % 10);
		value /= 10;
	}
	at[width] = after;
	return at + width + 1;
}

/*
 * The date of a day since 1970. Counted from a 1st of March of a leap cycle of 400 years, so that
 * the leap day is the last of its year and months follow one line: 31, 30, 31, 30, 31, 31, …
 */
static void date_of(int64_t days, int64_t *ret_year, int64_t *ret_month, int64_t *ret_day)
{
	int64_t from_march = days + DAYS_TO_1970 + CYCLE_DAYS; /* one cycle more: never below 0 */
	int64_t of_cycle = from_march % CYCLE_DAYS;
	int64_t year = (of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
	int64_t of_year = of_cycle - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153; /* 0 is March */

	*ret_day = of_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = year + (from_march / CYCLE_DAYS - 1) * 400 + (month >= 10);
}

void clock_format(int64_t us, char ret_text[CLOCK_TEXT_SIZE])
{
	int64_t s, year, month, day;
	char *at = ret_text;

	if (us < YEAR_0000_S * SECOND_US)
		us = YEAR_0000_S * SECOND_US;
	if (us > YEAR_9999_S * SECOND_US + SECOND_US - 1)
		us = YEAR_9999_S * SECOND_US + SECOND_US - 1;
	s = us / SECOND_US;
	us %= SECOND_US;
	if (us < 0) {
		us += SECOND_US;
		s--;
	}
	s -= YEAR_0000_S; /* from here on nothing is negative */
	date_of(s / DAY_S + YEAR_0000_S / DAY_S, &year, &month, &day);
	at = put(at, 4, year, '-');
	at = put(at, 2, month, '-');
	at = put(at, 2, day, 'T');
	at = put(at, 2, s / 3600 % 24, ':');
	at = put(at, 2, s / 60 % 60, ':');
	at = put(at, 2, s % 60, '.');
	at = put(at, 6, us, '\0') - 1;
	memcpy(at, ZONE, sizeof(ZONE));
}

/* The digits from `from` to `to`; what is not a digit makes a number that formats differently. */
static int number(struct slice text, size_t from, size_t to)
{
	int value = 0;

	for (size_t i = from; i < to; i++)
		value = value * 10 + (text.ptr[i] - '0');
	return value;
}

int clock_parse(struct slice text, int64_t *ret_us)
{
	char again[CLOCK_TEXT_SIZE];
	struct tm tm = {0};
	int64_t us, unit = SECOND_US;

	if (text.len < SECONDS_LEN + ZONE_LEN ||
	    memcmp(text.ptr + text.len - ZONE_LEN, ZONE, ZONE_LEN) != 0)
		return ERR_INVALID;
	text.len -= ZONE_LEN;

	tm.tm_year = number(text, 0, 4) - 1900;
	tm.tm_mon = number(text, 5, 7) - 1;
	tm.tm_mday = number(text, 8, 10);
	tm.tm_hour = number(text, 11, 13);
	tm.tm_min = number(text, 14, 16);
	tm.tm_sec = number(text, 17, 19);
	us = timegm(&tm) * SECOND_US;
	/* Whatever is not a real date in this very form does not come out again as it went in. */
	clock_format(us, again);
	if (memcmp(again, text.ptr, SECONDS_LEN) != 0)
		return ERR_INVALID;

	if (text.len > SECONDS_LEN) {
		if (text.ptr[SECONDS_LEN] != '.' || text.len < SECONDS_LEN + 2 ||
		    text.len > SECONDS_LEN + 7)
			return ERR_INVALID;
		for (size_t i = SECONDS_LEN + 1; i < text.len; i++) {
			if (text.ptr[i] < '0' || text.ptr[i] > '9')
				return ERR_INVALID;
			unit /= 10;
			us += (text.ptr[i] - '0') * unit;
		}
	}
	*ret_us = us;
	return 0;
}

void clock_sleep_ms(int64_t ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&time, NULL);
}
