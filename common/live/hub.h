/*
 * hub.h - the streams of live_hub: who has which, what waits for whom, and when each ends.
 *
 *	            person (uuid) ──▶ stream ──▶ stream …      at most HUB_STREAMS_OF_PERSON
 *	                                │
 *	  frame ──▶ one FastCGI record ─┴─▶ io.write ──▶ nginx ──▶ browser
 *	                                └─▶ queue: what nginx does not take now; at most
 *	                                    HUB_QUEUE_MAX, else the stream is cut
 *
 *	  wheel of seconds:  [ … ][ stream ][ ][ stream, stream ][ … ]   the next comment of a
 *	                          now ──▶                  stream, its resync, `home`, its end
 *
 *	  what concerns all streams goes round, a slice of them at a time (hub_work):
 *
 *	  buckets of people: [ has it ][ has it ][ ── next slice ── ][ ][ … ]   ◀── next round: what
 *	                                                                           came since
 *
 * A round ends before the next one begins, so a stream gets events in the order of their frames,
 * and `resync` after the events for all that came before its cause.
 *
 * The hub knows neither sockets nor clocks: the program daemons/live_hub.c has both. It knows uuids
 * of people and opaque texts.
 *
 * A stream is text/event-stream (HTML Living Standard, Server-sent events): `hello` first, a
 * comment every HUB_COMMENT_S, `bye` with a `retry:` at its end.
 */
#ifndef HUB_H
#define HUB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/slice.h"
#include "live/frame.h"
#include "run/live_counters.h"

#define HUB_STREAMS_OF_PERSON 8
#define HUB_COMMENT_S	      20
#define HUB_RESYNC_S	      5	    /* a resync of all streams is spread over so long */
#define HUB_HOME_S	      10    /* between two `home` events of a stream, at least */
#define HUB_HOME_MORE_S	      10    /* spreads them: the interval is longer by less than this */
#define HUB_ALL_A_SECOND      50    /* events for all streams; the rest is dropped */
#define HUB_RENEW_S	      30    /* until streams end whose right may have been revoked */
#define HUB_REVOKED_S	      10    /* for which a person whose right was revoked gets none */
#define HUB_REVOKED	      64    /* people of whom the hub knows that */
#define HUB_LEAVES_A_SECOND   500   /* streams that end in a second while the hub drains */
#define HUB_LEAVE_MOST_S      60    /* after that all have ended, however many there are */
#define HUB_SLICE	      256   /* streams that one hub_work writes to */
#define HUB_QUEUE_MAX	      65536 /* bytes that wait for a stream */
#define HUB_QUEUES_MAX	      (64 << 20) /* for all streams together */

struct hub;
struct stream;

/* The time: of a clock that never jumps, and of day. */
struct hub_time {
	int64_t steady_s;
	int64_t now_s; /* since 1970 */
};

/* The functions by which the hub uses a connection, which is a pointer of the caller's. */
struct hub_io {
	/*
	 * Write without waiting. Returns how many bytes were taken, 0 to `len`; ERR_UNAVAILABLE
	 * when the connection is broken.
	 */
	ssize_t (*write)(void *connection, const char *bytes, size_t len);
	/* Bytes wait from now on, or no longer: call hub_writable when there is room for them. */
	void (*wait)(void *connection, bool waits);
	/* The stream has ended, and the hub has forgotten it. */
	void (*end)(void *connection);
};

/*
 * Make a hub without streams. io: borrowed for its life. counters: the same; the hub keeps them.
 * seed: any number, for the spread of times. epoch: names this hub in `hello`.
 * Returns NULL when memory is exhausted. hub_free ends no stream: close them first.
 */
struct hub *hub_new(const struct hub_io *io, struct live_counters *counters, uint64_t seed,
		    struct hub_time time);
void hub_free(struct hub *hub);

/*
 * Open a stream of `person` on a connection, for FastCGI request `id`: writes the head of the
 * answer and `hello`. The oldest stream of a person who has HUB_STREAMS_OF_PERSON ends.
 *
 * expires_s:  of the token, since 1970: the stream ends then.
 * head_only:  the request was HEAD: the answer ends after its head, and there is no stream.
 * ret_stream: valid until io.end; NULL when the stream has ended already.
 * Returns 0; ERR_NO_MEMORY.
 */
int hub_open(struct hub *hub, void *connection, uint16_t id,
	     const unsigned char person[FRAME_PERSON], int64_t expires_s, bool head_only,
	     struct stream **ret_stream) __attribute__((warn_unused_result));

/* The connection of a stream is gone: forget it, without io.end. */
void hub_lost(struct hub *hub, struct stream *stream);

/* There is room in the connection for what waits. The stream may end. */
void hub_writable(struct hub *hub, struct stream *stream);

/*
 * Send an event to all streams of its receivers; one for all streams waits for hub_work.
 *
 * FRAME_REVOKED ends the streams of its people (`bye revoked`), and those that they open in the
 * next HUB_REVOKED_S: a worker may not know of it for a second.
 *
 * A crud that is counted already is not counted again, as far as the hub remembers: the latest
 * HUB_CRUDS. A stream is told of new cruds at once if its last `home` was HUB_HOME_S ago or more.
 */
void hub_publish(struct hub *hub, const struct frame *frame);
#define HUB_CRUDS 256

/* Events may have been missed: send `resync` to all streams, spread over HUB_RESYNC_S. */
void hub_resync(struct hub *hub);

/*
 * The same when FRAME_REVOKED may have been missed, too: each stream also ends, as if its token had
 * expired, in HUB_RENEW_S to twice as long. Its client returns, and is asked who it is.
 */
void hub_missed(struct hub *hub);

/* The time is `time`. To be called about once a second. */
void hub_tick(struct hub *hub, struct hub_time time);

/*
 * Do a part of what is due, or under way to all streams. To be called after the other functions.
 * Returns whether more is to be done now: call it again when other events had their turn.
 */
bool hub_work(struct hub *hub);

/* End all streams with `bye closing`; their `retry:` spreads when they return. */
void hub_close_all(struct hub *hub);

/*
 * End all streams with `bye closing`, a part of them each second, HUB_LEAVES_A_SECOND or what
 * HUB_LEAVE_MOST_S need; their clients return to another machine at once. A stream that is opened
 * afterwards ends soon, until hub_stay. hub_stay also keeps the streams that have not ended yet.
 */
void hub_drain(struct hub *hub);
void hub_stay(struct hub *hub);

#endif
