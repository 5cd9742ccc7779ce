/*
 * exposition.h - the sums of all workers' counters (metrics.h) as text for Prometheus.
 *
 * Prometheus: "Text-based format", version 0.0.4, in "Exposition formats".
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include "base/buf.h"

#define EXPOSITION_TYPE "text/plain; version=0.0.4"

/* All strings are borrowed. */
struct exposition {
	const char *folder;	 /* with the workers' files */
	const char *pools;	 /* a file of lines "PROGRAM WORKERS", the pools' sizes; or NULL */
	const char *connections; /* nginx's "ACTIVE READING WRITING WAITING", or NULL */
	const char *version;
};

/*
 * Sum the files and append the text to `out`. A missing folder is an empty one. Files that are not
 * whole or have another layout are only counted (cruddur_metrics_files_ignored).
 *
 * Returns 0; ERR_UNAVAILABLE when the folder or the pools' file cannot be read; ERR_NO_MEMORY, also
 * when `out` is full.
 */
int exposition_write(const struct exposition *exposition, struct buf *out)
	__attribute__((warn_unused_result));

#endif
