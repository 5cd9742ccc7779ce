/*
 * rate.h - how many requests a person has made in this second, counted by all workers of a machine.
 *
 * The counters are slots of one mapped file. A slot is one 64-bit number, so it changes atomically
 * and a worker that dies leaves nothing behind:
 *
 *	 63            32 31      16 15       0
 *	┌────────────────┬──────────┬──────────┐
 *	│ second         │ tag      │ requests │   tag: 16 bits of the person's hash
 *	└────────────────┴──────────┴──────────┘
 *
 * A slot of an earlier second is free. When the few slots of a person's hash are taken by others,
 *the request is not counted: a crowd never locks anybody out.
 */
#ifndef RATE_H
#define RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate;

/*
 * Map the counters of `folder`, where all workers of the machine keep their metrics; makes the file
 * if it is missing (hidden, so it is not read as metrics).
 *
 * ret_rate: for rate_close; written on success only.
 * Returns 0; ERR_UNAVAILABLE when there is no such folder or no room in it.
 */
int rate_open(const char *folder, struct rate **ret_rate) __attribute__((warn_unused_result));

/* Unmap; rate_close(NULL) does nothing. */
void rate_close(struct rate *rate);

/*
 * Count a request of `person`, NUL-terminated and borrowed, in second `now_s` since 1970. Returns
 * whether it is one of the first `most` of that second.
 */
bool rate_take(struct rate *rate, const char *person, int most, int64_t now_s);

#endif
