/*
 * budget.h - the time that a request may take, and circuit breakers for its dependencies.
 *
 * The route loop starts the budget of each request. Before each call to a dependency the caller
 * asks for a timeout (budget_allow); after it, it records the result (budget_record).
 *
 * Each process has a circuit breaker per dependency. While it is open, a request costs a quick 503
 * instead of a wait.
 *
 *	state      a call             next state
 *	closed     is made            open after BREAKER_FAILURES failures in a row
 *	open       fails at once      half open after BREAKER_OPEN_MS
 *	half open  is made            closed if it succeeds, open if it fails
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "run/operation.h"

struct metrics; /* metrics.h */

#define BUDGET_REQUEST_MS 4000 /* from the arrival of a request at nginx to its answer */

/*
 * The part of it that a request may wait for a worker; a request that waited longer is refused
 * unread. The rest would hardly be enough: a call cut short would look like a dependency that is
 * down, and under overload every answer would be as late as this limit allows.
 */
#define BUDGET_WAIT_MS 2000

/* The longest that a call to PostgreSQL or DynamoDB, or a connection to PostgreSQL, may take. */
#ifndef BUDGET_SLOWER
#define BUDGET_SLOWER 1 /* how many times; more where valgrind runs the program */
#endif
#define BUDGET_CALL_MS	  (1500 * BUDGET_SLOWER)
#define BUDGET_CONNECT_MS (1000 * BUDGET_SLOWER)

#define BREAKER_FAILURES 3
#define BREAKER_OPEN_MS	 1000

struct budget {
	struct metrics *metrics; /* where calls are counted, or NULL; borrowed */
	int64_t deadline_ms;	 /* clock_monotonic_ms() at which the request must be answered */
	struct {
		int64_t spent_us;      /* by this request */
		unsigned calls;	       /* by this request, retries included */
		unsigned failures;     /* in a row, of this process */
		int64_t open_until_ms; /* clock_monotonic_ms() up to which the breaker is open */
	} deps[DEP_COUNT];
};

/* Start a request that must be answered within `left_ms` from now; clears what was recorded. */
void budget_start(struct budget *budget, int64_t left_ms);

/* The milliseconds left, 0 when the deadline has passed. */
int64_t budget_left_ms(const struct budget *budget);

/*
 * Whether a call to `dep` may be made now, and how long it may take; `want_ms` at most.
 *
 * ret_timeout_ms: the smaller of want_ms and the time left, at least 1.
 * Returns 0; ERR_UNAVAILABLE while the circuit breaker is open; ERR_OVERLOADED when no time is
 * left.
 */
int budget_allow(const struct budget *budget, enum dependency dep, int64_t want_ms,
		 int64_t *ret_timeout_ms) __attribute__((warn_unused_result));

/*
 * Record a finished call to the dependency of `operation`.
 *
 * started_us: clock_monotonic_us() before the call.
 * ok:         the dependency answered. A refusal, such as a failed condition, is an answer.
 */
void budget_record(struct budget *budget, enum operation operation, int64_t started_us, bool ok);

#endif
