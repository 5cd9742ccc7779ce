/* budget.c - see budget.h. */
#include "run/budget.h"

#include <assert.h>

#include "base/clock.h"
#include "base/err.h"
#include "run/metrics.h"

void budget_start(struct budget *budget, int64_t left_ms)
{
	budget->deadline_ms = clock_monotonic_ms() + left_ms;
	for (int i = 0; i < DEP_COUNT; i++) {
		budget->deps[i].spent_us = 0;
		budget->deps[i].calls = 0;
	}
}

int64_t budget_left_ms(const struct budget *budget)
{
	int64_t left_ms = budget->deadline_ms - clock_monotonic_ms();

	return left_ms > 0 ? left_ms : 0;
}

int budget_allow(const struct budget *budget, enum dependency dep, int64_t want_ms,
		 int64_t *ret_timeout_ms)
{
	int64_t left_ms = budget_left_ms(budget);

	if (clock_monotonic_ms() < budget->deps[dep].open_until_ms) {
		metrics_event(budget->metrics, METRICS_BREAKER_REFUSED, dep);
		return ERR_UNAVAILABLE;
	}
	if (left_ms == 0)
		return ERR_OVERLOADED;
	if (want_ms < 1)
		want_ms = 1;
	*ret_timeout_ms = want_ms < left_ms ? want_ms : left_ms;
	return 0;
}

void budget_record(struct budget *budget, enum operation operation, int64_t started_us, bool ok)
{
	enum dependency dep = operation_dependency(operation);
	int64_t took_us = clock_monotonic_us() - started_us;

	metrics_call(budget->metrics, operation, took_us, ok);
	budget->deps[dep].spent_us += took_us;
	budget->deps[dep].calls++;
	if (ok) {
		budget->deps[dep].failures = 0;
		budget->deps[dep].open_until_ms = 0;
		return;
	}
	if (++budget->deps[dep].failures >= BREAKER_FAILURES) {
		budget->deps[dep].open_until_ms = clock_monotonic_ms() + BREAKER_OPEN_MS;
		metrics_event(budget->metrics, METRICS_BREAKER_OPENED, dep);
	}
}
