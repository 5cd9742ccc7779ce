/*
 * httpread.h - reads one HTTP/1.1 answer from the bytes of a connection (RFC 9112).
 *
 * The reader is strict where two lenient readers could see different answers: lines end in CRLF,
 * the length is given once and in one way, no header is folded. Interim answers (1xx) are skipped.
 */
#ifndef HTTPREAD_H
#define HTTPREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define HTTPREAD_HEAD_MAX   16384 /* bytes of all lines, those of chunks and trailers included */
#define HTTPREAD_WANTED_MAX 2	  /* headers that a caller may ask for */
#define HTTPREAD_VALUE_MAX  64	  /* bytes of such a header's value */

enum httpread_result {
	HTTPREAD_MORE,	/* the answer is not complete yet */
	HTTPREAD_DONE,	/* the answer is complete */
	HTTPREAD_WRONG, /* the bytes are not an answer */
	HTTPREAD_FULL,	/* the body exceeds the maximum of its buffer, or memory is exhausted */
};

struct httpread {
	/* for the caller, when the answer is complete */
	int status;
	bool keep; /* the connection may carry another request */

	/* private */
	struct {
		const char *name;
		bool present;
		char value[HTTPREAD_VALUE_MAX + 1];
	} wanted[HTTPREAD_WANTED_MAX];
	struct buf *body;
	struct buf line; /* the beginning of a line whose rest has not arrived */
	size_t head_left;
	uint64_t left; /* bytes of the body, or of the chunk, that have not arrived */
	bool has_length, chunked;
	enum {
		HTTPREAD_STATUS_LINE,
		HTTPREAD_HEADER,
		HTTPREAD_BODY,
		HTTPREAD_BODY_TO_END, /* it ends when the peer closes the connection */
		HTTPREAD_CHUNK_SIZE,
		HTTPREAD_CHUNK,
		HTTPREAD_CHUNK_END,
		HTTPREAD_TRAILER,
	} at;
};

/*
 * Begin to read an answer. `read` is zero-initialised before the first one.
 *
 * wanted: the names of the headers to keep, static strings; the first NULL ends them.
 * body:   the body is appended to it, up to its maximum; borrowed.
 */
void httpread_begin(struct httpread *read, const char *const wanted[HTTPREAD_WANTED_MAX],
		    struct buf *body);

/*
 * Read the bytes that have arrived. After any result but HTTPREAD_MORE the answer is over: bytes
 * after it belong to nothing, and `keep` is false if there are any.
 */
enum httpread_result httpread_feed(struct httpread *read, struct slice bytes);

/* Whether the answer is complete now that the peer has closed the connection. */
bool httpread_ends(const struct httpread *read);

/*
 * The value of the wanted header `name`, borrowed until the next httpread_begin; NULL when the
 * answer does not have it. "" when the value is not 1 to HTTPREAD_VALUE_MAX characters of
 * [A-Za-z0-9-]: numbers and ids have no others, and these are safe in a log.
 */
const char *httpread_header(const struct httpread *read, const char *name);

/* Free the memory. `read` can begin again. */
void httpread_dispose(struct httpread *read);

#endif
