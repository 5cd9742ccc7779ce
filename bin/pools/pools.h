/*
 * pools.h - what the commands of cruddur-pools share: the pools of a run and their workers.
 */
#ifndef POOLS_H
#define POOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/metrics.h"
#include "run/scaling.h"

#define POOLS_MAX  64
#define SLOTS_MAX  32 /* workers of a pool; the slot after them is spare for a restart */
#define PATH_BYTES 512

/* A line of CRUDDUR_HOME/etc/pools: `messages 1-16 db,dynamodb`, which bin/render and bin/pool
 * write. */
struct pool_size {
	char name[METRICS_PROGRAM_MAX + 1];
	int min, max;
	unsigned needs; /* NEEDS_… bits */
};

/* The folders of a run. */
struct home {
	char sizes[PATH_BYTES];	  /* etc/pools */
	char run[PATH_BYTES];	  /* where the link run leads to: sockets have short paths */
	char metrics[PATH_BYTES]; /* CRUDDUR_METRICS_DIR, else run/metrics */
};

/* CRUDDUR_HOME, which bin/pool sets. Returns 0; ERR_INVALID when it is missing or too long. */
int home_find(struct home *ret_home) __attribute__((warn_unused_result));

/* The address of a socket in the run folder. Returns 0; ERR_INVALID when its path is too long. */
struct sockaddr_un;
int socket_address(const struct home *home, const char *name, struct sockaddr_un *ret_address)
	__attribute__((warn_unused_result));

/*
 * Read the sizes of the pools. ret_pools has POOLS_MAX places; lines of another form are skipped.
 * Returns their number; ERR_UNAVAILABLE when the file cannot be read.
 */
int pools_read(const char *path, struct pool_size *ret_pools) __attribute__((warn_unused_result));

/*
 * Count the workers of `program` that run, and those that are busy, into ret_sample.
 * folder: of the metrics, an open descriptor.
 */
void workers_count(int folder, const char *program, struct scaling_sample *ret_sample);

/* Add up what all workers of `program`, also former ones, have counted. */
void workers_sum(int folder, const char *program, struct metrics_counters *ret_counters);

/* The part of the counters that decides about steps. */
void counts_of(const struct metrics_counters *counters, struct scaling_counts *ret_counts);

/* Write and read the last step of each pool, run/steps, for `pool top`. */
struct step {
	char name[METRICS_PROGRAM_MAX + 1];
	int64_t at_s; /* seconds since 1970 */
	int from, to;
	char reason[NOTE_SIZE];
};

/* Returns 0; ERR_UNAVAILABLE. */
int steps_write(const struct home *home, const struct step *steps, int count)
	__attribute__((warn_unused_result));

/* ret_steps has POOLS_MAX places. Returns their number, 0 without a file. */
int steps_read(const struct home *home, struct step *ret_steps);

/*
 * Start or stop workers `first` to `last` of a pool, without waiting for them; those that run, or
 * do not, already are skipped. The supervisor of `home` does it, or systemd where it has none.
 * Returns 0; ERR_UNAVAILABLE when the request failed.
 */
int workers_start(const struct home *home, const char *pool, int first, int last)
	__attribute__((warn_unused_result));
int workers_stop(const struct home *home, const char *pool, int first, int last)
	__attribute__((warn_unused_result));

/* Let nginx, which supervisor runs, read its configuration again. Returns 0; ERR_UNAVAILABLE. */
int nginx_reload(const struct home *home) __attribute__((warn_unused_result));

/* The commands; each returns the exit status. */
int auto_run(const struct home *home);
int hold_run(const struct home *home, const char *pool);
int replicas_run(const struct home *home);
int top_run(const struct home *home, bool once);

#endif
