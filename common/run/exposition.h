/*
 * exposition.h - what all workers have counted (metrics.h), as text for Prometheus: the exposition
 * format 0.0.4.
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include "base/buf.h"

#define EXPOSITION_TYPE "text/plain; version=0.0.4"

struct exposition {
	const char *folder;	 /* of the workers' files */
	const char *pools;	 /* lines "PROGRAM WORKERS": what is wanted; NULL: not known */
	const char *connections; /* of nginx: "ACTIVE READING WRITING WAITING"; NULL: not known */
	const char *version;
};

/*
 * Sum the files up and write the text. Files that are not whole or none of ours are counted, and
 * otherwise passed over; a folder that is missing is an empty one.
 *
 * Returns 0; ERR_UNAVAILABLE when what is there cannot be read; ERR_NO_MEMORY, also when `out` is
 * too small.
 */
int exposition_write(const struct exposition *exposition, struct buf *out);

#endif
