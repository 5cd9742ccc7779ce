/*
 * peers.h - the hubs of other machines: whether payloads of theirs were missed.
 *
 * A hub numbers the payloads that it sends, from 1 on. Once a second it tells the last number, when
 *it has nothing else to send (bus.h). Every hub hears those of all others:
 *
 *	heard                                       meaning
 *	the next number                             in order
 *	an old number                               in order, or a payload that came twice
 *	a later number                              what is between them was missed
 *	nothing for PEERS_SILENT_MS                 it may have ended with frames that it had taken
 *	a hub that is not known, not at its start   the same, unless all hubs are new to this one
 */
#ifndef PEERS_H
#define PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEERS_MAX	256  /* further hubs are heard, but never missed */
#define PEERS_SILENT_MS 5000 /* five heartbeats */
#define PEERS_SETTLE_MS 5000 /* after peers_begin hubs are met in the middle of their numbers */

struct peers {
	int64_t settled_ms; /* when every hub that runs has been heard */
	size_t count;
	struct peer {
		uint64_t id;
		uint64_t last;	  /* number */
		int64_t heard_ms; /* clock_monotonic_ms() */
	} all[PEERS_MAX];
};

enum peers_heard {
	PEERS_IN_ORDER,
	PEERS_AGAIN,  /* it was heard before */
	PEERS_MISSED, /* not what is heard, but something before it */
};

/* Know nobody: this hub has just begun to listen. now_ms: clock_monotonic_ms(). */
void peers_begin(struct peers *peers, int64_t now_ms);

/*
 * Hub `id` tells payload `number`, or with `heartbeat` that this was the last one; 0: there was
 * none.
 */
enum peers_heard peers_hear(struct peers *peers, uint64_t id, uint64_t number, bool heartbeat,
			    int64_t now_ms);

/* Hub `id` has ended, and has sent everything. */
void peers_forget(struct peers *peers, uint64_t id);

/* Forget hubs that have been silent for PEERS_SILENT_MS. Returns whether there was one. */
bool peers_silent(struct peers *peers, int64_t now_ms);

#endif
