/*
 * clock.h - the time of day and the monotonic clock, and how times are written (RFC 3339).
 *
 * Functions whose result depends on the time take it as an argument; only the outermost callers
 * ask here, so that tests choose the time.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

#include "base/buf.h"

#define CLOCK_TEXT_SIZE 33 /* 2026-11-22T12:00:00.123456+00:00 and a NUL */

/* Microseconds since 1970-01-01 UTC. */
int64_t clock_now_us(void);

/* Microseconds, milliseconds of a clock that never jumps; for durations and deadlines. */
int64_t clock_monotonic_us(void);
int64_t clock_monotonic_ms(void);

/*
 * Write `us` (microseconds since 1970, years 0000 to 9999; others are clamped) as RFC 3339 in UTC
 * with microseconds: the one form in which times leave this program, sortable as text.
 */
void clock_format(int64_t us, char ret_text[CLOCK_TEXT_SIZE]);

/*
 * Read that form; the fraction may also be missing or shorter (as the original's data has it).
 * Returns 0; ERR_INVALID for anything else.
 */
int clock_parse(struct slice text, int64_t *ret_us);

/* Sleep for `ms` milliseconds at most; a signal ends it early. */
void clock_sleep_ms(int64_t ms);

#endif
