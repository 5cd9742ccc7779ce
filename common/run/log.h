/*
 * log.h - one JSON object per line on standard error, without ever blocking.
 *
 * A line that cannot be written at once is dropped and counted; the next line that is written says
 * how many were dropped. Only the route loop and main programs log.
 */
#ifndef LOG_H
#define LOG_H

#include "run/budget.h"
#include "run/loglevel.h"

struct metrics; /* metrics.h */

/*
 * Set the name of the program, the least important level that is written, and where dropped lines
 * are counted (or NULL). Called once, at start. `program` and `metrics` are borrowed.
 */
void log_init(const char *program, enum log_level level, struct metrics *metrics);

/* Set the least important level that is written. */
void log_set_level(enum log_level level);

/* A request that failed or was slow. */
struct log_request {
	const char *request_id;
	const char *trace_id; /* of the caller, or NULL */
	const char *method;
	const char *route; /* the pattern; the path may contain names of people */
	int status;
	const char *code;    /* error code, or NULL */
	const char *problem; /* what the dependencies reported, or NULL */
	int64_t duration_us;
	const struct budget *budget;
	const char *ids[DEP_COUNT]; /* of the last call: backend pid, AWS request id; or NULL */
};

/* Log a request. */
void log_request(enum log_level level, const struct log_request *request);

/* Log an event of the process itself; `detail` may be NULL. */
void log_event(enum log_level level, const char *event, const char *detail);

#endif
