/*
 * frame.h - what a worker tells live_hub: an event, and the people whose streams get it, or all.
 *
 * One packet of the hub's SOCK_SEQPACKET socket:
 *
 *	 0         1      2       4            4 + 16 * count
 *	┌─────────┬──────┬───────┬────────────┬─────────────────────────────────────────────┐
 *	│ version │ kind │ count │ 16 bytes … │ event: message\ndata: {…}\n\n               │
 *	└─────────┴──────┴───────┴────────────┴─────────────────────────────────────────────┘
 *	                   little  uuids of     the event as the streams get it
 *	                   endian  people       (HTML Living Standard, Server-sent events)
 *
 *	kind           uuids                       text
 *	FRAME_TO       of 1 to 64 people           the event for their streams
 *	FRAME_ALL      none                        the event for all streams
 *	FRAME_NEWER    of a crud of the home feed  none: the hub counts cruds for each stream
 *	FRAME_RESYNC   of 0 to 64 people; 0: all    none: their streams may have missed events
 *	FRAME_REVOKED  of 1 to 64 people            none: they may have no stream any more
 *
 * A hub drops packets of another version or kind: workers of the next release may run beside it.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>

#include "base/buf.h"

#define FRAME_RECEIVERS_MAX 64
#define FRAME_TEXT_MAX	    24576
#define FRAME_PERSON	    16 /* bytes of a person's uuid */
#define FRAME_HEAD	    4
#define FRAME_MAX	    (FRAME_HEAD + FRAME_RECEIVERS_MAX * FRAME_PERSON + FRAME_TEXT_MAX)

enum frame_kind {
	FRAME_TO = 1,
	FRAME_ALL,
	FRAME_NEWER,
	FRAME_RESYNC,
	FRAME_REVOKED,
};

/* A packet that was read; borrowed from it. */
struct frame {
	enum frame_kind kind;
	const unsigned char *people; /* FRAME_PERSON bytes each; of FRAME_NEWER: the crud */
	size_t count;
	struct slice text;
};

/*
 * The bytes of a person's uuid, in any case.
 * Returns 0; ERR_INVALID when `uuid` is not a UUID of the form 8-4-4-4-12.
 */
int frame_person(struct slice uuid, unsigned char ret_person[FRAME_PERSON])
	__attribute__((warn_unused_result));

/*
 * Write the packet of an event into `out`, which is emptied first and has room for FRAME_MAX bytes.
 *
 * people: `count` NUL-terminated uuids, 1 to FRAME_RECEIVERS_MAX.
 * event:  its name. data: JSON without line breaks.
 * Returns 0; ERR_INVALID for other people, and for a text that is too long; ERR_NO_MEMORY.
 */
int frame_write(const char *const *people, size_t count, const char *event, struct slice data,
		struct buf *out) __attribute__((warn_unused_result));

/* The same for all streams. */
int frame_write_all(const char *event, struct slice data, struct buf *out)
	__attribute__((warn_unused_result));

/* The packet that counts the crud with this NUL-terminated uuid. Returns as frame_write. */
int frame_write_newer(const char *crud, struct buf *out) __attribute__((warn_unused_result));

/*
 * The packet of `resync` for the receivers of another frame; NULL: for all streams.
 * Returns 0; ERR_NO_MEMORY.
 */
int frame_write_resync(const struct frame *of, struct buf *out) __attribute__((warn_unused_result));

/* The packet that ends the streams of a person: of `person`, NUL-terminated. Returns as
 * frame_write. */
int frame_write_revoked(const char *person, struct buf *out) __attribute__((warn_unused_result));

/* Read a packet. Returns 0; ERR_INVALID, also for another version or kind. */
int frame_read(struct slice packet, struct frame *ret_frame) __attribute__((warn_unused_result));

#endif
