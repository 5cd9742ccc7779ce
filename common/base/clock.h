/*
 * clock.h - time of day, monotonic time, and times as text (RFC 3339).
 *
 * Functions whose result depends on the time take the time as an argument. Only their outermost
 * callers read a clock, so tests can choose the time.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

#include "base/buf.h"

#define CLOCK_TEXT_SIZE 33 /* 2026-11-22T12:00:00.123456+00:00 and a NUL */

/* The time of day in microseconds since 1970-01-01 UTC. */
int64_t clock_now_us(void);

/* A clock that never jumps, for durations and deadlines; its zero has no meaning. */
int64_t clock_monotonic_us(void);
int64_t clock_monotonic_ms(void);

/*
 * Write `us` (microseconds since 1970) as RFC 3339 in UTC with microseconds. All times that leave
 * this program have this form; it sorts as text. Times outside the years 0000 to 9999 are clamped.
 */
void clock_format(int64_t us, char ret_text[CLOCK_TEXT_SIZE]);

/*
 * Read a time in the form of clock_format. The fraction may be shorter or missing, as in the legacy
 * table.
 *
 * ret_us: microseconds since 1970.
 * Returns 0; ERR_INVALID for anything else.
 */
int clock_parse(struct slice text, int64_t *ret_us) __attribute__((warn_unused_result));

/* Sleep for `ms` milliseconds, or until a signal arrives. */
void clock_sleep_ms(int64_t ms);

#endif
