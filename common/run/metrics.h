/*
 * metrics.h - the counters of a worker, in a mapped file that outlives the process.
 *
 *	CRUDDUR_METRICS_DIR/messages.0        one file per concurrent worker, PROGRAM.0 upwards
 *	                    messages.1
 *	                    users_me.0
 *
 *	0   magic     "cruddur" and a NUL
 *	8   layout    metrics_layout()
 *	16  state     struct metrics_state: the process that holds the file, now
 *	40  counters  struct metrics_counters: 64-bit numbers that only grow
 *
 * A worker locks the first file that no process holds (an open file description lock, which ends
 * with the process) and continues to count in it, so no sum falls when a worker ends. The file has
 * one writer. Counting is a store to memory, without a system call. exposition.h reads the files.
 *
 * Every function accepts NULL for `metrics`: a process without metrics.
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "run/dependency.h"
#include "run/operation.h"

#define METRICS_FILES_MAX   64 /* of a program; further workers have no metrics */
#define METRICS_PROGRAM_MAX 32 /* characters of a program's name */
#define METRICS_BUCKETS	    16
#define METRICS_METHODS	    5
#define METRICS_STATUSES    17

enum metrics_outcome { METRICS_OK, METRICS_FAILED, METRICS_OUTCOMES };

/* The events in counters.events, which are counted for each dependency. */
enum metrics_event {
	METRICS_RETRY,		 /* calls that were repeated */
	METRICS_BREAKER_OPENED,	 /* times that the circuit breaker opened */
	METRICS_BREAKER_REFUSED, /* calls that were not made because it was open */
	METRICS_EVENTS,
};

/* buckets[i] counts times up to metrics_bounds_us[i], the last bucket longer ones. */
struct metrics_histogram {
	uint64_t buckets[METRICS_BUCKETS];
	uint64_t sum_us;
};

/* Numbers that only grow. All members are uint64_t: files are summed as arrays of them. */
struct metrics_counters {
	uint64_t starts; /* of processes with this file */
	uint64_t ends;	 /* of them, those that closed it; the others crashed or run */
	uint64_t requests[METRICS_METHODS][METRICS_STATUSES];
	struct metrics_histogram request_duration;
	struct metrics_histogram request_wait;
	uint64_t calls[OPERATION_COUNT][METRICS_OUTCOMES];
	struct metrics_histogram call_duration[OPERATION_COUNT];
	uint64_t events[METRICS_EVENTS][DEP_COUNT];
	uint64_t log_lines_dropped;
};

/* The process that holds the file. */
struct metrics_state {
	uint64_t busy;	     /* 1 while it serves a request */
	uint64_t started_s;  /* seconds since 1970 */
	uint64_t keys_got_s; /* last fetch of Cognito's key set, seconds since 1970; 0: never */
};

/* A file with another magic or layout is not used. */
struct metrics_head {
	char magic[8];
	uint64_t layout; /* metrics_layout() of the program that created the file */
};

struct metrics_file {
	struct metrics_head head;
	struct metrics_state state;
	struct metrics_counters counters;
};

#define METRICS_MAGIC "cruddur"

/* The names of the dimensions, static. run/operation.h has those of the operations. */
extern const int64_t metrics_bounds_us[METRICS_BUCKETS - 1];
extern const char *const metrics_methods[METRICS_METHODS];
extern const int metrics_statuses[METRICS_STATUSES - 1]; /* the last index: any other status */

/*
 * A hash of everything that gives a file its meaning: the struct, bounds, statuses and operations.
 * When it changes, for example by a new SQL statement, files of an older version are emptied by the
 * next worker, and Prometheus sees its counters restart from 0.
 */
uint64_t metrics_layout(void);

/*
 * Read the metrics file `fd` of any process. The file is read and not mapped: a file that shrinks
 * during the read does no harm.
 * Returns false, and writes nothing of use, when it is not whole or has another magic or layout.
 */
bool metrics_read(int fd, struct metrics_file *ret_file);

/* The same for the state alone, which costs less. The head is not checked beyond its magic. */
bool metrics_read_state(int fd, struct metrics_state *ret_state);

/* Whether a process holds the lock of the file. */
bool metrics_taken(int fd);

struct metrics;

/*
 * Open a file of `program` in `folder`. The folder is created if it is missing; a file with another
 * layout is emptied.
 *
 * now_s:       seconds since 1970.
 * ret_metrics: for metrics_close.
 * Returns 0; ERR_UNAVAILABLE when there is no folder, no space, or no free file; ERR_NO_MEMORY.
 */
int metrics_open(const char *folder, const char *program, int64_t now_s,
		 struct metrics **ret_metrics) __attribute__((warn_unused_result));

/* Give the file back for the next process. metrics_close(NULL) does nothing. */
void metrics_close(struct metrics *metrics);

/* Count a request: metrics_begin when it begins, metrics_answered when it is answered. */
void metrics_begin(struct metrics *metrics);

/*
 * method:      other methods than metrics_methods are counted as "other".
 * waited_us:   from its arrival at nginx until it began.
 * duration_us: since it began.
 */
void metrics_answered(struct metrics *metrics, const char *method, int status, int64_t waited_us,
		      int64_t duration_us);

/* Count a call to a dependency. ok: the dependency answered. */
void metrics_call(struct metrics *metrics, enum operation operation, int64_t duration_us, bool ok);

/* Count an event of a dependency. */
void metrics_event(struct metrics *metrics, enum metrics_event event, enum dependency dep);

/* Remember that the key set was fetched at `now_s`, seconds since 1970. */
void metrics_keys_got(struct metrics *metrics, int64_t now_s);

/* Count a dropped line of the log. */
void metrics_log_dropped(struct metrics *metrics);

#endif
