/*
 * http.h - HTTP requests to one peer over a kept connection (libcurl).
 *
 * One struct http per peer and process, made after the fork. The handle is thrown away after a
 * failed transfer, so that nothing of it reaches the next one.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdint.h>

#include "base/buf.h"

#define HTTP_HEADERS_MAX 16

struct http_request {
	const char *method;		       /* GET, POST, PUT */
	const char *url;		       /* http or https; redirects are never followed */
	const char *headers[HTTP_HEADERS_MAX]; /* "Name: value", up to the first NULL */
	struct slice body;
	int64_t timeout_ms;
};

struct http_response {
	int status;
	int64_t crc32; /* X-Amz-Crc32, or -1 when there is none */
};

struct http;

/*
 * Set up libcurl and OpenSSL's library of TLS, once a process, before its first request: they crash
 * when memory runs out while they do it. Returns 0; ERR_NO_MEMORY.
 */
int http_init(void);

/* Returns NULL when memory is exhausted. http_free(NULL) does nothing. */
struct http *http_new(void);
void http_free(struct http *http);

/*
 * Send `request` and receive the whole answer.
 * body: where the answer goes; reset first; its maximum bounds the answer.
 * ret_response: written whenever an answer came, whatever its status.
 * Returns 0; ERR_UNAVAILABLE when no whole answer came in time or it was larger than body's
 * maximum (http_problem says why); ERR_NO_MEMORY.
 */
int http_send(struct http *http, const struct http_request *request, struct buf *body,
	      struct http_response *ret_response);

/* What the service calls the last request (x-amzn-RequestId); "" when it did not say. */
const char *http_id(const struct http *http);

/* Why the last http_send failed, one line without URL queries or headers. */
const char *http_problem(const struct http *http);

#endif
