/*
 * recent.h - whether something has happened a moment ago, on any worker of a machine.
 *
 * The times are in slots of one mapped file. A slot is one 64-bit number, so it changes atomically,
 * and a worker that dies leaves nothing behind:
 *
 *	 63       40 39          0
 *	┌───────────┬─────────────┐
 *	│ tag       │ milliseconds│   tag: 24 bits of the hash of what has happened
 *	└───────────┴─────────────┘
 *
 * Two things with the same slot push each other out: then something passes that should not, which
 * must do no harm.
 */
#ifndef RECENT_H
#define RECENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct recent;

/*
 * Map the times of `folder`, where all workers of the machine keep their metrics; makes the file if
 * it is missing (hidden, so it is not read as metrics).
 * ret_recent: for recent_close, which does nothing for NULL.
 * Returns 0; ERR_UNAVAILABLE when there is no such folder or no room in it.
 */
int recent_open(const char *folder, struct recent **ret_recent) __attribute__((warn_unused_result));
void recent_close(struct recent *recent);

/*
 * Whether `key` has not happened in the last `window_ms` milliseconds before `now_ms`, a clock that
 * all processes share (clock_monotonic_ms). If so, it happens now.
 */
bool recent_take(struct recent *recent, struct slice key, int64_t window_ms, int64_t now_ms);

#endif
