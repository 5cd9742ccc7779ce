/*
 * http.h - HTTP/1.1 requests to one peer over a kept connection.
 *
 * A process has one struct http per peer, made after the fork. A connection is closed after any
 * failure, so that nothing of one request can reach the next.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdint.h>

#include "base/buf.h"
#include "net/httpread.h"

#define HTTP_HEADERS_MAX 16

struct http_request {
	const char *method;		       /* GET, POST, PUT */
	const char *url;		       /* http or https; redirects are not followed */
	const char *headers[HTTP_HEADERS_MAX]; /* "Name: value"; the first NULL ends them */
	struct slice body;
	int64_t timeout_ms;
	/* headers of the answer to keep for http_header: static names; the first NULL ends them */
	const char *wanted[HTTPREAD_WANTED_MAX];
};

struct http;

/*
 * Initialise libcurl and its TLS library; once per process, before its first request. Both may
 * crash if an allocation fails while they initialise. Returns 0; ERR_NO_MEMORY.
 */
int http_init(void) __attribute__((warn_unused_result));

/* Make a client; it connects on first use. Returns NULL when memory is exhausted. */
struct http *http_new(void);

/* Close the connection and free the client. http_free(NULL) does nothing. */
void http_free(struct http *http);

/*
 * Send `request` and receive the whole answer.
 *
 * The request may be sent TWICE. If a kept connection ends before the first byte of the answer, the
 * request is sent again on a new connection, once, within the same timeout. The peer may have
 * processed the first request: a caller whose request must not be processed twice makes it
 * idempotent (a condition, a client token).
 *
 * body:       receives the body; emptied first. Its maximum bounds the answer.
 * ret_status: the HTTP status, written on success only.
 * Returns 0 for an answer of any status; ERR_UNAVAILABLE when no complete answer arrived in time
 * or it was larger than the maximum of `body` (http_problem says why); ERR_NO_MEMORY.
 */
int http_send(struct http *http, const struct http_request *request, struct buf *body,
	      int *ret_status) __attribute__((warn_unused_result));

/*
 * The value of a wanted header of the last answer (httpread_header), borrowed until the next
 * http_send; NULL when there was no answer or it did not have the header.
 */
const char *http_header(const struct http *http, const char *name);

/* Why the last http_send failed, as one line without URL queries or headers; "" if it did not. */
const char *http_problem(const struct http *http);

#endif
