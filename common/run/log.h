/*
 * log.h - one JSON object per line on standard error, never blocking.
 *
 * A line that cannot be written at once is dropped and counted; the next line that gets through
 * says how many were lost. Only the route loop and main programs log.
 */
#ifndef LOG_H
#define LOG_H

#include "run/budget.h"
#include "run/config.h"

struct metrics; /* metrics.h */

/*
 * Who logs, from which level on, and where lost lines are counted (or NULL); called once at start.
 * `program` and `metrics` are borrowed.
 */
void log_init(const char *program, enum log_level level, struct metrics *metrics);

/* What the route loop knows of a request that failed or was slow. */
struct log_request {
	const char *request_id;
	const char *method;
	const char *route; /* the pattern, never the path: it may hold names */
	int status;
	const char *code;
	const char *problem; /* what the dependency said, or NULL */
	int64_t duration_us;
	const struct budget *budget;
	const char *ids[DEP_COUNT]; /* how each dependency calls what it was asked last */
};

void log_request(enum log_level level, const struct log_request *request);

/* A line about the process itself. */
void log_event(enum log_level level, const char *event, const char *detail);

#endif
