/*
 * httpread.h - reading one HTTP/1.1 answer out of the bytes of a connection (RFC 9112).
 *
 * Strict where leniency would let two readers see different answers: lines end in CRLF, a length
 * is given once and by one means, no header is folded. Interim answers (1xx) are passed over.
 */
#ifndef HTTPREAD_H
#define HTTPREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define HTTPREAD_HEAD_MAX                                                                          \
	16384 /* bytes of all lines together, those of chunks and trailers too                     \
	       */

#define HTTPREAD_ID_MAX 64 /* of AWS's ids of requests */

enum httpread_result {
	HTTPREAD_MORE,	/* the answer is not whole yet */
	HTTPREAD_DONE,	/* it is */
	HTTPREAD_WRONG, /* this is not an answer */
	HTTPREAD_FULL,	/* its body is larger than the maximum of the buffer, or memory is short */
};

struct httpread {
	/* of a whole answer */
	int status;
	int64_t crc32;		      /* X-Amz-Crc32, or -1 when there is none */
	bool keep;		      /* the connection may be used for another request */
	char id[HTTPREAD_ID_MAX + 1]; /* x-amzn-RequestId; "" when there is none that is one */

	/* its own */
	struct buf *body;
	struct buf line; /* a line that has begun to come */
	size_t head_left;
	uint64_t left; /* bytes of the body, or of the chunk, that are to come */
	bool has_length, chunked;
	enum {
		HTTPREAD_STATUS_LINE,
		HTTPREAD_HEADER,
		HTTPREAD_BODY,
		HTTPREAD_BODY_TO_END, /* its end is that of the connection */
		HTTPREAD_CHUNK_SIZE,
		HTTPREAD_CHUNK,
		HTTPREAD_CHUNK_END,
		HTTPREAD_TRAILER,
	} at;
};

/* Begin with an answer. body: where its body is appended; its maximum bounds it. */
void httpread_begin(struct httpread *read, struct buf *body);

/*
 * Take the bytes that came. After anything but HTTPREAD_MORE the answer is over; bytes behind it
 * belong to nothing, and `keep` is false then.
 */
enum httpread_result httpread_feed(struct httpread *read, struct slice bytes);

/* The peer has closed the connection: whether the answer is whole by that. */
bool httpread_ends(const struct httpread *read);

/* Free what it holds; it can begin again. */
void httpread_dispose(struct httpread *read);

#endif
