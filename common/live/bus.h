/*
 * bus.h - the frames of other machines: live_hub's connection to PostgreSQL, which listens and
 * notifies.
 *
 *	frames of this machine's workers ──▶ queue ──▶ payload, payload … ──▶ NOTIFY ─┐
 *	frames of other machines         ◀── payload ◀─────────────────────── LISTEN ◀┴─ PostgreSQL
 *
 * A payload is text of at most 7,999 bytes (PostgreSQL, NOTIFY):
 *
 *	<id, 16 hexadecimal digits> <number, hexadecimal> <kind> <base64url of frames>
 *
 *	id      of the hub, another one after each start; 0: of a worker whose hub does not run
 *	number  of the payload (peers.h); 0 of a worker's
 *	kind    f: frames, each after its length in two bytes, little endian
 *	        h: heartbeat, number is that of the last payload; nothing follows
 *	        e: the hub ends, and has sent everything; the same
 *
 * Frames that come while a NOTIFY is on its way wait, and go together. One that does not fit
 * becomes `resync` for its receivers. While PostgreSQL does not answer, BUS_QUEUE_MAX bytes wait;
 * the rest is dropped, and takes a number, so the others miss it. Nothing here waits, except for a
 * name of CONNECTION_URL that is resolved when a connection is made.
 */
#ifndef BUS_H
#define BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "live/frame.h"
#include "run/live_counters.h"

#define BUS_PAYLOAD_MAX	 7999
#define BUS_PAYLOAD_SIZE (BUS_PAYLOAD_MAX + 1)
#define BUS_QUEUE_MAX	 (1 << 20)
#define BUS_RETRY_MS	 1000 /* between two connections */
#define BUS_ANSWER_MS	 5000 /* for PostgreSQL to answer */

enum bus_kind { BUS_FRAMES = 'f', BUS_HEARTBEAT = 'h', BUS_END = 'e' };

/* A payload that was read; `frames` is in the buffer that was given. */
struct bus_payload {
	uint64_t id;
	uint64_t number;
	enum bus_kind kind;
	struct slice frames;
};

/*
 * Write a payload that contains one frame of a worker into `out`, which is emptied first.
 * packet: as frame.h writes it. Returns 0; ERR_INVALID when it does not fit; ERR_NO_MEMORY.
 */
int bus_write_packet(struct slice packet, struct buf *out) __attribute__((warn_unused_result));

/*
 * Read a payload. out: for its frames; emptied first, room for BUS_PAYLOAD_MAX bytes.
 * Returns 0; ERR_INVALID; ERR_NO_MEMORY.
 */
int bus_read(struct slice text, struct buf *out, struct bus_payload *ret_payload)
	__attribute__((warn_unused_result));

/* Take the first packet off `frames`. Returns false at the end, and where a length is wrong. */
bool bus_next_packet(struct slice *frames, struct slice *ret_packet);

struct bus;

struct bus_io {
	/* A frame of another machine. */
	void (*frame)(void *pointer, const struct frame *frame);
	/* Frames of other machines may have been missed. */
	void (*missed)(void *pointer);
	/* For the log: why the connection failed, once until it works again, and that it does. */
	void (*say)(void *pointer, const char *text);
};

/*
 * url:      a PostgreSQL URI, borrowed for the life of the bus.
 * id:       any number but 0, which no other hub has.
 * io:       borrowed, called with `pointer`.
 * counters: the same; those of the bus are written.
 * The connection is made by the first bus_tick. Returns NULL when memory is exhausted.
 * bus_free(NULL) does nothing.
 */
struct bus *bus_new(const char *url, uint64_t id, const struct bus_io *io, void *pointer,
		    struct live_counters *counters);
void bus_free(struct bus *bus);

/* Pass on a frame of this machine, as its packet. */
void bus_publish(struct bus *bus, struct slice packet, int64_t now_ms);

/*
 * The descriptor for which poll(2) or epoll(7) has to wait now, and what for: EPOLLIN, EPOLLOUT or
 * both. -1: none. Both may change with every call of the functions below and of bus_publish.
 */
int bus_descriptor(const struct bus *bus);
uint32_t bus_events(const struct bus *bus);

/* The descriptor is ready. now_ms: clock_monotonic_ms(), here and below. */
void bus_ready(struct bus *bus, int64_t now_ms);

/* To be called about once a second: connects, tells that this hub lives, gives up what is late. */
void bus_tick(struct bus *bus, int64_t now_ms);

/*
 * Send what waits and that this hub ends, unless PostgreSQL takes longer than `timeout_ms`: the
 * others then read again. Returns whether all of it was sent.
 */
bool bus_end(struct bus *bus, int64_t timeout_ms);

#endif
