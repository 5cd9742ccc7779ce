/*
 * http.c - see http.h.
 *
 * libcurl resolves the peer's name, connects and speaks TLS. Requests are written and answers read
 * here, which takes 7,000 instructions; libcurl's own interface takes 107,000
 * (docs/performance.md).
 */
#include "net/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/note.h"
#include "base/socket.h"
#include "net/httpread.h"
#include "net/url.h"

#define CONNECT_MS_MAX 1000
#define ORIGIN_SIZE    512
#define REQUEST_MAX    ((size_t)2 << 20) /* headers and body */
#define RECEIVE_SIZE   16384

struct http {
	CURL *curl; /* owns the connection; NULL without one */
	curl_socket_t fd;
	char origin[ORIGIN_SIZE]; /* "http://host:port" of the connection */
	struct buf request;
	struct httpread answer;
	char received[RECEIVE_SIZE];
	struct note problem;
};

int http_init(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : ERR_NO_MEMORY;
}

struct http *http_new(void)
{
	struct http *http = calloc(1, sizeof(*http));

	if (!http)
		return NULL;
	http->request.max = REQUEST_MAX;
	return http;
}

static void disconnect(struct http *http)
{
	curl_easy_cleanup(http->curl);
	http->curl = NULL;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	disconnect(http);
	buf_dispose(&http->request);
	httpread_dispose(&http->answer);
	free(http);
}

const char *http_header(const struct http *http, const char *name)
{
	return httpread_header(&http->answer, name);
}

const char *http_problem(const struct http *http)
{
	return http->problem.text;
}

/* Connect within CONNECT_MS_MAX and the deadline. Returns 0; ERR_UNAVAILABLE; ERR_NO_MEMORY. */
static int connect_peer(struct http *http, struct slice origin, int64_t deadline_ms)
{
	int64_t timeout_ms = deadline_ms - clock_monotonic_ms();
	char error[CURL_ERROR_SIZE] = "";
	CURLcode code;

	if (timeout_ms > CONNECT_MS_MAX)
		timeout_ms = CONNECT_MS_MAX;
	if (timeout_ms < 1)
		timeout_ms = 1;
	if (!slice_copy(origin, http->origin, sizeof(http->origin)))
		return note_fail(&http->problem, ERR_UNAVAILABLE, "The address is too long");
	http->curl = curl_easy_init();
	if (!http->curl)
		return ERR_NO_MEMORY;
	curl_easy_setopt(http->curl, CURLOPT_URL, http->origin);
	curl_easy_setopt(http->curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(http->curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(http->curl, CURLOPT_NOSIGNAL, 1L);
	/* Do not wait for the thread that asks a resolver which does not answer. */
	curl_easy_setopt(http->curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(http->curl, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(http->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(http->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	/* A proxy from the environment must not see requests to metadata addresses. */
	curl_easy_setopt(http->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, error);
	code = curl_easy_perform(http->curl);
	curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, NULL);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(http->curl, CURLINFO_ACTIVESOCKET, &http->fd);
	if (code == CURLE_OK)
		return 0;
	disconnect(http);
	return note_fail(&http->problem,
			 code == CURLE_OUT_OF_MEMORY ? ERR_NO_MEMORY : ERR_UNAVAILABLE, "%s",
			 *error ? error : curl_easy_strerror(code));
}

/* Write the whole request into one buffer: it is sent in one piece. Returns 0; ERR_NO_MEMORY. */
static int write_request(struct http *http, const struct http_request *request,
			 const struct url *url)
{
	struct buf *out = &http->request;
	bool has_host = false;

	buf_reset(out);
	buf_puts(out, request->method);
	buf_putc(out, ' ');
	if (url->target.len == 0 || url->target.ptr[0] != '/')
		buf_putc(out, '/');
	buf_append(out, url->target.ptr, url->target.len);
	buf_puts(out, " HTTP/1.1\r\n");
	for (size_t i = 0; i < HTTP_HEADERS_MAX && request->headers[i]; i++) {
		buf_puts(out, request->headers[i]);
		buf_puts(out, "\r\n");
		has_host = has_host || strncasecmp(request->headers[i], "Host:", 5) == 0;
	}
	if (!has_host) {
		buf_puts(out, "Host: ");
		buf_append(out, url->authority.ptr, url->authority.len);
		buf_puts(out, "\r\n");
	}
	if (request->body.ptr || strcmp(request->method, "GET") != 0)
		buf_printf(out, "Content-Length: %zu\r\n", request->body.len);
	buf_puts(out, "\r\n");
	buf_append(out, request->body.ptr, request->body.len);
	return out->failed ? ERR_NO_MEMORY : 0;
}

/* Returns 0; ERR_UNAVAILABLE at the deadline. */
static int wait_for(struct http *http, short events, int64_t deadline_ms)
{
	if (socket_wait(http->fd, events, deadline_ms) < 0)
		return note_fail(&http->problem, ERR_UNAVAILABLE, "No complete answer in time");
	return 0;
}

/* Why a request has no answer. */
enum failure {
	FAILURE_CLOSED, /* the connection ended before the first byte of an answer */
	FAILURE_OTHER,
};

static int send_request(struct http *http, int64_t deadline_ms, enum failure *failure)
{
	struct slice rest = buf_slice(&http->request);

	while (rest.len > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(http->curl, rest.ptr, rest.len, &sent);

		if (code == CURLE_AGAIN) {
			if (wait_for(http, POLLOUT, deadline_ms) < 0)
				return ERR_UNAVAILABLE;
			continue;
		}
		if (code != CURLE_OK) {
			*failure = FAILURE_CLOSED;
			return note_fail(&http->problem, ERR_UNAVAILABLE,
					 "The connection was closed");
		}
		rest = slice_from(rest, sent);
	}
	return 0;
}

static int receive_answer(struct http *http, int64_t deadline_ms, enum failure *failure)
{
	bool begun = false;

	/* The request has just left: a first read would find nothing. */
	if (wait_for(http, POLLIN, deadline_ms) < 0)
		return ERR_UNAVAILABLE;
	for (;;) {
		size_t len = 0;
		CURLcode code =
			curl_easy_recv(http->curl, http->received, sizeof(http->received), &len);

		if (code == CURLE_AGAIN) {
			if (wait_for(http, POLLIN, deadline_ms) < 0)
				return ERR_UNAVAILABLE;
			continue;
		}
		if (code == CURLE_OK && len == 0 && httpread_ends(&http->answer))
			return 0;
		if (code != CURLE_OK || len == 0) {
			*failure = begun ? FAILURE_OTHER : FAILURE_CLOSED;
			return note_fail(
				&http->problem, ERR_UNAVAILABLE,
				"The connection was closed before the answer was complete");
		}
		begun = true;
		switch (httpread_feed(&http->answer, (struct slice){http->received, len})) {
		case HTTPREAD_MORE:
			break;
		case HTTPREAD_DONE:
			return 0;
		case HTTPREAD_WRONG:
			return note_fail(&http->problem, ERR_UNAVAILABLE,
					 "The answer is not HTTP/1.1");
		case HTTPREAD_FULL:
			return note_fail(&http->problem, ERR_UNAVAILABLE,
					 "The answer is larger than %zu bytes",
					 http->answer.body->max);
		}
	}
}

/* Send the request that was written and receive the answer, over the open connection. */
static int exchange(struct http *http, const struct http_request *request, struct buf *body,
		    int64_t deadline_ms, enum failure *failure)
{
	int r;

	buf_reset(body);
	httpread_begin(&http->answer, request->wanted, body);
	*failure = FAILURE_OTHER;
	r = send_request(http, deadline_ms, failure);
	return r < 0 ? r : receive_answer(http, deadline_ms, failure);
}

static int connect_and_exchange(struct http *http, const struct http_request *request,
				struct slice origin, struct buf *body, int64_t deadline_ms)
{
	enum failure ignored;
	int r;

	r = connect_peer(http, origin, deadline_ms);
	return r < 0 ? r : exchange(http, request, body, deadline_ms, &ignored);
}

/*
 * Whether the kept connection can be used for a request to `origin`. If there is something to read,
 * it is the end of the connection or a message about it (408, RFC 9110 §15.5.9), and must not be
 * taken for the answer to the next request.
 */
static bool is_usable(const struct http *http, struct slice origin)
{
	return slice_is(origin, http->origin) && !socket_readable(http->fd);
}

int http_send(struct http *http, const struct http_request *request, struct buf *body,
	      int *ret_status)
{
	struct url url = url_split(request->url);
	int64_t deadline_ms = clock_monotonic_ms() + request->timeout_ms;
	enum failure failure = FAILURE_CLOSED;
	int r;

	buf_reset(body);
	note_clear(&http->problem);
	httpread_begin(&http->answer, request->wanted, body);
	r = write_request(http, request, &url);
	if (r < 0)
		return r;
	if (http->curl && !is_usable(http, url.origin))
		disconnect(http);
	if (http->curl)
		r = exchange(http, request, body, deadline_ms, &failure);
	/* The peer may close a kept connection at any time; that is no refusal of this request. */
	if (!http->curl || (r < 0 && failure == FAILURE_CLOSED)) {
		disconnect(http);
		note_clear(&http->problem);
		r = connect_and_exchange(http, request, url.origin, body, deadline_ms);
	}
	if (r < 0 || !http->answer.keep)
		disconnect(http);
	if (r < 0)
		return r;
	*ret_status = http->answer.status;
	return 0;
}
