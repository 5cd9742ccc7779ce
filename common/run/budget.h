/*
 * budget.h - the time a request has, what it spent on whom, and failing fast when a dependency
 * is down.
 *
 * The route loop starts the budget of each request; every call to a dependency asks what is left
 * and books what it took.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "run/operation.h"

struct metrics; /* metrics.h */

#define BUDGET_REQUEST_MS 4000

/*
 * How much of it a request may wait for a worker. One that has waited longer is refused unread:
 * what is left would hardly do, a call cut short would look like a dependency that is down, and
 * under overload every answer would be as late as this allows.
 */
#define BUDGET_WAIT_MS 2000

/*
 * The circuit breaker: after BREAKER_FAILURES failures in a row it opens for BREAKER_OPEN_MS, so
 * that a request gets a quick 503 instead of waiting; then one call is tried.
 */
#define BREAKER_FAILURES 3
#define BREAKER_OPEN_MS	 1000

struct budget {
	struct metrics *metrics; /* where calls are counted, or NULL; borrowed */
	int64_t deadline_ms;	 /* clock_monotonic_ms() at which the request must be answered */
	struct {
		int64_t spent_us;      /* by this request */
		unsigned calls;	       /* by this request, retries included */
		unsigned failures;     /* in a row, of this process */
		int64_t open_until_ms; /* monotonic; calls before it fail fast */
	} deps[DEP_COUNT];
};

/* Start a request: it must be answered within `left_ms` from now; zeroes what was booked. */
void budget_start(struct budget *budget, int64_t left_ms);

/* Milliseconds left, 0 when the deadline has passed. */
int64_t budget_left_ms(const struct budget *budget);

/*
 * Ask before a call to `dep` that should take `want_ms` at most.
 * ret_timeout_ms: the smaller of want_ms and what is left, at least 1.
 * Returns 0; ERR_UNAVAILABLE while the circuit breaker is open; ERR_OVERLOADED when no time is
 * left.
 */
int budget_ask(const struct budget *budget, enum dependency dep, int64_t want_ms,
	       int64_t *ret_timeout_ms);

/*
 * Book a finished call to the dependency of `operation`: `started_us` is clock_monotonic_us()
 * before it, `ok` whether the dependency answered (a refusal such as a failed condition is an
 * answer).
 */
void budget_book(struct budget *budget, enum operation operation, int64_t started_us, bool ok);

#endif
