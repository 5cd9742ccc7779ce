/*
 * exposition.h - the sums of all workers' counters (metrics.h) as text for Prometheus.
 *
 * Prometheus: "Text-based format", version 0.0.4, in "Exposition formats".
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include <stdbool.h>

#include "base/buf.h"

#define EXPOSITION_TYPE "text/plain; version=0.0.4"

/* A program in the table of routes. Its counters exist before anything is counted. */
struct exposition_program {
	const char *name;
	unsigned needs;	  /* NEEDS_… bits */
	unsigned methods; /* bit i: metrics_methods[i] */
};

/* All pointers are borrowed. */
struct exposition {
	const char *folder;	 /* with the workers' files */
	const char *pools;	 /* a file of lines "PROGRAM WORKERS", the pools' sizes; or NULL */
	const char *refused;	 /* nginx's file of refused requests (refusals.h), or NULL */
	const char *connections; /* nginx's "ACTIVE READING WRITING WAITING", or NULL */
	const char *version;
	bool edge;				   /* this is the edge in front of the replicas */
	const struct exposition_program *programs; /* the last has no name; or NULL */
};

/*
 * Sum the files and append the text to `out`. A missing folder is an empty one. Files that are not
 * whole or have another layout are only counted (cruddur_metrics_files_ignored).
 *
 * Every counter of a pool is there from the start, as 0: rate() and increase() do not see the first
 * value of a new series. Those by operation are there once the program has called the operation.
 *
 * Returns 0; ERR_UNAVAILABLE when the folder or the pools' file cannot be read; ERR_NO_MEMORY, also
 * when `out` is full.
 */
int exposition_write(const struct exposition *exposition, struct buf *out)
	__attribute__((warn_unused_result));

#endif
