/*
 * live_counters.h - what live_hub counts, in a file that all processes of a machine share.
 *
 *	CRUDDUR_METRICS_DIR/.live     struct live_counters
 *
 * live_hub writes all numbers but `unpublished`, which workers add to. Like the files of metrics.h
 * it outlives the process, so no sum falls when the hub restarts; a lock tells whether it runs.
 */
#ifndef LIVE_COUNTERS_H
#define LIVE_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Why a stream was ended by the hub. X(constant, name) */
#define LIVE_CLOSES(X)                                                                             \
	X(LIVE_EXPIRED, "expired")   /* the token of its request has expired */                    \
	X(LIVE_REPLACED, "replaced") /* its person has opened a ninth */                           \
	X(LIVE_CLOSING, "closing")   /* the hub, or nginx, stops */                                \
	X(LIVE_CUT, "cut")	     /* its client does not read */                                \
	X(LIVE_REVOKED, "revoked")   /* its person may have none any more */

enum live_close {
#define LIVE_CLOSE_ENUM_(constant, name) constant,
	LIVE_CLOSES(LIVE_CLOSE_ENUM_)
#undef LIVE_CLOSE_ENUM_
		LIVE_CLOSE_COUNT
};

extern const char *const live_close_names[LIVE_CLOSE_COUNT];

/* All but streams, people, bus_connected and passing only grow. Later fields come at the end: the
 * file outlives a release. */
struct live_counters {
	uint64_t streams;	       /* open now */
	uint64_t people;	       /* who have one */
	uint64_t starts;	       /* of the hub */
	uint64_t opened;	       /* streams */
	uint64_t closed[LIVE_REVOKED]; /* by the hub; clients close most of them */
	uint64_t refused;	       /* because there were too many */
	uint64_t frames;	       /* events from workers */
	uint64_t deliveries;	       /* the same, for each stream that got them */
	uint64_t invalid;	       /* packets that are no frames */
	uint64_t resyncs;	       /* sent to streams */
	uint64_t unpublished;	       /* frames that a worker could not hand to the hub */
	uint64_t dropped;	       /* events for all streams that were too many */
	uint64_t bus_connected;	       /* 1 while the hub hears other machines */
	uint64_t bus_sent;	       /* statements that passed frames on */
	uint64_t bus_received;	       /* payloads of other machines */
	uint64_t bus_missed;	       /* times that some may have been missed */
	/* For the next hub of this machine, which tells the others what this one could not. */
	uint64_t told;	  /* `unpublished`, when the other machines last heard of it */
	uint64_t passing; /* 1 from the start of a hub with a bus until it has told everything */
	uint64_t revoked; /* what `closed` would have for LIVE_REVOKED */
};

/* The number of streams that the hub has ended for this reason. */
uint64_t *live_counters_closed(struct live_counters *counters, enum live_close reason);

/*
 * Map the file of `folder`; makes it if it is missing. ret_counters: for live_counters_close.
 * Returns 0; ERR_UNAVAILABLE when there is no such folder or no room in it.
 */
int live_counters_open(const char *folder, struct live_counters **ret_counters)
	__attribute__((warn_unused_result));

/* Unmap; live_counters_close(NULL) does nothing. */
void live_counters_close(struct live_counters *counters);

/*
 * Take the lock of the file, which says that a hub runs, until the process ends.
 * Returns a descriptor; ERR_UNAVAILABLE; ERR_CONFLICT when another process has it.
 */
int live_counters_lock(const char *folder) __attribute__((warn_unused_result));

/*
 * Read the numbers as they are now.
 * ret_running: whether a hub runs. Without one, streams and people are 0.
 * Returns 0; ERR_NOT_FOUND when there is no file, because no hub and no publisher has run yet.
 */
int live_counters_read(const char *folder, struct live_counters *ret_counters, bool *ret_running)
	__attribute__((warn_unused_result));

#endif
