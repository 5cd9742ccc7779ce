/*
 * scaling.h - when a pool of workers grows and when it shrinks.
 *
 * The caller samples a pool every SCALING_SAMPLE_MS while there is something to see, and takes the
 * steps that scaling_step returns. Nothing here reads a clock or touches a process.
 *
 * A pool in which requests wait
 *	- gets its first worker at once;
 *	- gets twice as many when all are busy in two samples, and calls succeed;
 *	- stays when a dependency fails, when nothing has succeeded since they wait (more workers
 *	  would wait as well), or when no connection to PostgreSQL is left.
 * It loses one worker when the last one was not needed for idle_ms.
 */
#ifndef SCALING_H
#define SCALING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/note.h"
#include "run/dependency.h"

#define SCALING_SAMPLE_MS 50
#define SCALING_START_MS  1000 /* a worker that does not run by then is not waited for */
#define SCALING_ADOPT_MS  5000 /* a worker that runs for so long after a step is not ending */
#define SCALING_QUIET_MS  1000 /* without any success; then the pool is said not to grow */
#define SCALING_TELL_MS	  10000
#define SCALING_WORKERS	  64 /* workers of a pool at most */

/* The counts of all workers of a pool together; they only grow. */
struct scaling_counts {
	uint64_t answered;	    /* requests with an answer below 500 */
	uint64_t ok[DEP_COUNT];	    /* calls that the dependency answered */
	uint64_t failed[DEP_COUNT]; /* the others */
	uint64_t breaker;	    /* times that a circuit breaker opened or refused a call */
};

/* One look at a pool. */
struct scaling_sample {
	int64_t now_ms; /* of a clock that never jumps */
	bool waiting;	/* a request waits in the pool's socket */
	int running;	/* workers that run */
	int busy;	/* workers that serve a request */
	struct scaling_counts counts;
};

/* A pool. Set everything to zero, then call scaling_init. */
struct scaling {
	int min, max;
	int size;	     /* workers that should run now */
	enum dependency dep; /* whose answers show that requests make progress */
	bool is_waiting;
	int64_t waiting_ms;	    /* since when requests wait, or the last step */
	struct scaling_counts base; /* at that time */
	int64_t stepped_ms, told_ms;
	int64_t used_ms[SCALING_WORKERS + 1]; /* when so many workers were last busy at once */
};

/*
 * A pool of `min` to `max` workers, of which `size` run at `now_ms`. needs: the dependencies of its
 * program, NEEDS_… bits.
 */
void scaling_init(struct scaling *scaling, int min, int max, unsigned needs, int size,
		  int64_t now_ms);

/*
 * Decide about one step.
 *
 * idle_ms: a worker that was not needed for so long ends.
 * room:    workers that the limit of connections still allows. The first worker of a pool needs
 * none. reason:  why the pool changes, or, every SCALING_TELL_MS at most, why it does not grow; ""
 * when there is nothing to tell. Returns the workers to start (above 0) or to stop (below 0).
 * scaling->size includes them already.
 */
int scaling_step(struct scaling *scaling, const struct scaling_sample *sample, int64_t idle_ms,
		 int room, struct note *reason);

/* When the next worker may end, in ms of the same clock; INT64_MAX when none may. */
int64_t scaling_next_end_ms(const struct scaling *scaling, int64_t idle_ms);

#endif
