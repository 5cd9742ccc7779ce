/*
 * metrics.h - the counters of a worker, in a mapped file that outlives the process.
 *
 * The folder CRUDDUR_METRICS_DIR holds one file per concurrent worker, PROGRAM.0 upwards. A worker
 * takes the first file that no process holds (an open file description lock, which ends with the
 * process) and continues its counters, so no sum falls when a worker ends. Counting is a store to
 * memory: there is one writer, and no system call. exposition.h reads the files.
 *
 * Every function takes NULL instead of the metrics, for a process without any.
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "run/dependency.h"
#include "run/operation.h"

#define METRICS_FILES_MAX   64 /* of one program; further workers do not count */
#define METRICS_PROGRAM_MAX 32 /* letters of a program's name */
#define METRICS_BUCKETS	    16
#define METRICS_METHODS	    5
#define METRICS_STATUSES    14

enum metrics_outcome { METRICS_OK, METRICS_FAILED, METRICS_OUTCOMES };

/* Durations: bucket i counts those up to metrics_bounds_us[i], the last one all longer ones. */
struct metrics_histogram {
	uint64_t buckets[METRICS_BUCKETS];
	uint64_t sum_us;
};

/* Numbers that only grow. All members are 64-bit counters: exposition.c adds them as an array. */
struct metrics_counters {
	uint64_t starts; /* processes that have had this file */
	uint64_t requests[METRICS_METHODS][METRICS_STATUSES];
	struct metrics_histogram request_duration;
	struct metrics_histogram request_wait;
	uint64_t calls[OPERATION_COUNT][METRICS_OUTCOMES];
	struct metrics_histogram call_duration[OPERATION_COUNT];
	uint64_t retries[DEP_COUNT];
	uint64_t breaker_opened[DEP_COUNT];
	uint64_t breaker_refused[DEP_COUNT];
	uint64_t log_lines_dropped;
};

/* The state of the process that holds the file. */
struct metrics_state {
	uint64_t busy;	     /* 1 during a request */
	uint64_t started_s;  /* since 1970 */
	uint64_t keys_got_s; /* when it last fetched the key set of Cognito; 0: never */
};

/* The head of a file; a file with another magic or layout is not used. */
struct metrics_head {
	char magic[8];
	uint64_t layout; /* metrics_layout() of the program that made it */
};

struct metrics_file {
	struct metrics_head head;
	struct metrics_state state;
	struct metrics_counters counters;
};

#define METRICS_MAGIC "cruddur"

/* The names of the dimensions that have no file of their own; static. */
extern const int64_t metrics_bounds_us[METRICS_BUCKETS - 1];
extern const char *const metrics_methods[METRICS_METHODS];
extern const int metrics_statuses[METRICS_STATUSES - 1]; /* index METRICS_STATUSES - 1: any other */

/* A hash of what the bytes of a file mean: sizes, bounds, statuses, names of operations. */
uint64_t metrics_layout(void);

/*
 * Read the counters of another process. The file is read, not mapped: access to a mapped file that
 * has shrunk would kill the process. Returns false when it is incomplete or has another layout.
 */
bool metrics_read(int fd, struct metrics_file *ret_file);

/* Whether a process holds the file. */
bool metrics_taken(int fd);

struct metrics;

/*
 * Take a file of `program` in `folder`, which is made if it is missing. A file with another layout
 * is started again at zero.
 *
 * now_s: seconds since 1970. ret_metrics: to be freed by metrics_close; metrics_close(NULL) does
 * nothing.
 * Returns 0; ERR_UNAVAILABLE when there is no folder, no space, or no file that is free;
 * ERR_NO_MEMORY. A program also runs without metrics, so the result may be ignored.
 */
int metrics_open(const char *folder, const char *program, int64_t now_s,
		 struct metrics **ret_metrics);
void metrics_close(struct metrics *metrics);

/* A request begins; it is answered. Microseconds: waited_us in the queue, duration_us after it. */
void metrics_begin(struct metrics *metrics);
void metrics_answered(struct metrics *metrics, const char *method, int status, int64_t waited_us,
		      int64_t duration_us);

/* A call to a dependency took duration_us microseconds. ok: there was a usable answer. */
void metrics_call(struct metrics *metrics, enum operation operation, int64_t duration_us, bool ok);

/* A call is repeated; the circuit breaker has opened; it has refused a call. */
void metrics_retry(struct metrics *metrics, enum dependency dep);
void metrics_breaker_opened(struct metrics *metrics, enum dependency dep);
void metrics_breaker_refused(struct metrics *metrics, enum dependency dep);

/* The key set was fetched at now_s (seconds since 1970); a line of the log was lost. */
void metrics_keys_got(struct metrics *metrics, int64_t now_s);
void metrics_log_dropped(struct metrics *metrics);

#endif
