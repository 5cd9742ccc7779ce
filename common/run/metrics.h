/*
 * metrics.h - what a worker counts: a file of its own, mapped, that outlives the process.
 *
 * The folder CRUDDUR_METRICS_DIR holds a file PROGRAM.N for each worker there ever was at the same
 * time. A worker takes the first that nobody has (an open file description lock, which ends with
 * the process) and goes on counting where the last one stopped, so that no sum ever falls because a
 * worker ended. Counting is a store to memory: there is one writer, and no system call.
 * exposition.h reads the files.
 *
 * Every function takes a NULL in place of the metrics, for a process that keeps none.
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "operations.h"
#include "run/dependency.h"

#define METRICS_FILES_MAX   64 /* of one program; more workers than that keep no metrics */
#define METRICS_PROGRAM_MAX 32 /* letters of a program's name */
#define METRICS_BUCKETS	    16
#define METRICS_METHODS	    5
#define METRICS_STATUSES    14
/* Of DynamoDB six and of Cognito two; each dependency has one more for what is not in its list. */
#define METRICS_OPERATIONS (OPERATIONS_DB_COUNT + 8 + DEP_COUNT)

enum metrics_outcome { METRICS_OK, METRICS_FAILED, METRICS_OUTCOMES };

/* How often it took up to each of metrics_bounds_us (and not the one before it), or longer. */
struct metrics_histogram {
	uint64_t buckets[METRICS_BUCKETS];
	uint64_t sum_us;
};

/* What only ever grows; nothing but 64-bit counters, so that sums are made member by member. */
struct metrics_counters {
	uint64_t starts; /* processes that have counted here */
	uint64_t requests[METRICS_METHODS][METRICS_STATUSES];
	struct metrics_histogram request_duration;
	struct metrics_histogram request_wait;
	uint64_t calls[METRICS_OPERATIONS][METRICS_OUTCOMES];
	struct metrics_histogram call_duration[METRICS_OPERATIONS];
	uint64_t retries[DEP_COUNT];
	uint64_t breaker_opened[DEP_COUNT];
	uint64_t breaker_refused[DEP_COUNT];
	uint64_t log_lines_dropped;
};

/* What is so now, of the process that has the file. */
struct metrics_state {
	uint64_t busy;	     /* 1 while it serves a request */
	uint64_t started_s;  /* since 1970 */
	uint64_t keys_got_s; /* when it got the key set of Cognito last; 0: not yet */
};

/* How a file begins; one of another magic or layout is none of ours. */
struct metrics_head {
	char magic[8];
	uint64_t layout; /* metrics_layout() of who made it */
};

struct metrics_file {
	struct metrics_head head;
	struct metrics_state state;
	struct metrics_counters counters;
};

#define METRICS_MAGIC "cruddur"

/* The names of the dimensions; static. An operation belongs to the dependency ret_dep. */
extern const int64_t metrics_bounds_us[METRICS_BUCKETS - 1];
extern const char *const metrics_methods[METRICS_METHODS];
extern const int metrics_statuses[METRICS_STATUSES - 1]; /* the last place is any other */
const char *metrics_operation(unsigned operation, enum dependency *ret_dep);

/* A number that differs when the meaning of any byte of a file does. */
uint64_t metrics_layout(void);

/*
 * Read a file of whoever. It is read and not mapped, so that one that shrinks meanwhile harms
 * nobody. False when it is none of ours, or not whole. metrics_taken: whether a process has it.
 */
bool metrics_read(int fd, struct metrics_file *ret_file);
bool metrics_taken(int fd);

struct metrics;

/*
 * Take a file of `program` in `folder`, which is made if need be. A file that is none of ours
 * begins anew.
 *
 * now_s: seconds since 1970. ret_metrics: for metrics_close, which metrics_close(NULL) also takes.
 * Returns 0; ERR_UNAVAILABLE when no file can be had (no folder, a full disk, all are taken);
 * ERR_NO_MEMORY.
 */
int metrics_open(const char *folder, const char *program, int64_t now_s,
		 struct metrics **ret_metrics);
void metrics_close(struct metrics *metrics);

/* A request begins; it was answered (waited_us: in the queue, before it began). */
void metrics_begin(struct metrics *metrics);
void metrics_answered(struct metrics *metrics, const char *method, int status, int64_t waited_us,
		      int64_t duration_us);

/* A dependency was called: a statement's name, or an operation of its API; ok: it answered. */
void metrics_call(struct metrics *metrics, enum dependency dep, const char *operation,
		  int64_t duration_us, bool ok);

/* A call is repeated; the dependency is left alone from now on; a call is spared it. */
void metrics_retry(struct metrics *metrics, enum dependency dep);
void metrics_breaker_opened(struct metrics *metrics, enum dependency dep);
void metrics_breaker_refused(struct metrics *metrics, enum dependency dep);

/* The key set was fetched at `now_s`; a line of the log was lost. */
void metrics_keys_got(struct metrics *metrics, int64_t now_s);
void metrics_log_dropped(struct metrics *metrics);

#endif
