/*
 * refusals.h - the requests that nginx answered without a worker, counted from its log.
 *
 * nginx appends a line "ROUTE STATUS" to a file of its own for each such request: refused by a
 *limit (429), by a full queue or without a worker (503), malformed (400), given up by the client
 *(499). A process that needs the counts reads what is new in that file; bin/rotate-logs keeps it
 *small. So no process runs between two scrapes, and a refused request costs nginx one short write.
 *
 *	CRUDDUR_HOME/log/refused        the current file      messages 429\n
 *	                 refused.1      the one before it     none 400\n
 *	CRUDDUR_METRICS_DIR/.refused    struct refusals: the counts, and the place up to which it
 *was read
 */
#ifndef REFUSALS_H
#define REFUSALS_H

#include <stdint.h>

#define REFUSALS_ROWS	   512
#define REFUSALS_ROUTE_MAX 32 /* characters of a route's name */

struct refusals_row {
	char route[REFUSALS_ROUTE_MAX + 1];
	uint16_t status;
	uint64_t count;
};

struct refusals {
	char magic[8];
	uint64_t size; /* of this struct */
	uint64_t inode, offset;
	uint64_t ignored; /* lines of another form, and lines without a free row */
	uint64_t rows;	  /* that are used */
	struct refusals_row row[REFUSALS_ROWS];
};

/*
 * Count the new lines of `log` and `log`.1, and remember the counts in `folder`. Concurrent calls,
 * also of several processes, take turns. Each line is counted once, unless the file was rotated
 * twice, or truncated, since the call before.
 *
 * folder:       CRUDDUR_METRICS_DIR, which must exist.
 * log:          the path of nginx's file; a missing one is empty.
 * ret_refusals: the counts.
 * Returns 0; ERR_UNAVAILABLE when a file cannot be read or written.
 */
int refusals_count(const char *folder, const char *log, struct refusals *ret_refusals)
	__attribute__((warn_unused_result));

#endif
