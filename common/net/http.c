/*
 * http.c - what http.h says.
 *
 * libcurl finds the peer, connects and speaks TLS; the requests themselves are written and their
 * answers read here, because libcurl's own way costs more than all the rest of a hot request.
 */
#include "net/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/err.h"
#include "net/httpread.h"
#include "net/url.h"

#define CONNECT_MS_MAX 1000
#define ORIGIN_SIZE    512
#define REQUEST_MAX    ((size_t)2 << 20) /* headers and body */
#define RECEIVE_SIZE   16384

struct http {
	CURL *curl; /* with its connection; NULL when there is none */
	curl_socket_t fd;
	char origin[ORIGIN_SIZE]; /* "http://host:port" of the connection */
	struct buf request;
	struct httpread answer;
	char received[RECEIVE_SIZE];
	char problem[CURL_ERROR_SIZE];
};

int http_init(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : ERR_NO_MEMORY;
}

struct http *http_new(void)
{
	struct http *http = calloc(1, sizeof(*http));

	if (http)
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

const char *http_id(const struct http *http)
{
	return http->answer.id;
}

const char *http_problem(const struct http *http)
{
	return http->problem;
}

static void set_problem(struct http *http, const char *problem)
{
	snprintf(http->problem, sizeof(http->problem), "%s", problem);
}

/* Returns 0; ERR_UNAVAILABLE; ERR_NO_MEMORY. */
static int connect_peer(struct http *http, struct slice origin, int64_t deadline_ms)
{
	int64_t timeout_ms = deadline_ms - clock_monotonic_ms();
	CURLcode code;

	if (timeout_ms > CONNECT_MS_MAX)
		timeout_ms = CONNECT_MS_MAX;
	if (timeout_ms < 1)
		timeout_ms = 1;
	if (!slice_copy(origin, http->origin, sizeof(http->origin))) {
		set_problem(http, "The address is too long");
		return ERR_UNAVAILABLE;
	}
	http->curl = curl_easy_init();
	if (!http->curl)
		return ERR_NO_MEMORY;
	curl_easy_setopt(http->curl, CURLOPT_URL, http->origin);
	curl_easy_setopt(http->curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(http->curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl_easy_setopt(http->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(http->curl, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(http->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(http->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	/* A proxy of the environment must not see what goes to the metadata addresses. */
	curl_easy_setopt(http->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(http->curl, CURLOPT_ERRORBUFFER, http->problem);
	code = curl_easy_perform(http->curl);
	if (code == CURLE_OK)
		code = curl_easy_getinfo(http->curl, CURLINFO_ACTIVESOCKET, &http->fd);
	if (code == CURLE_OK)
		return 0;
	if (http->problem[0] == '\0')
		set_problem(http, curl_easy_strerror(code));
	disconnect(http);
	return code == CURLE_OUT_OF_MEMORY ? ERR_NO_MEMORY : ERR_UNAVAILABLE;
}

/* Write all of the request into one buffer, so that it leaves in one piece. */
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
static int wait_socket(struct http *http, short events, int64_t deadline_ms)
{
	for (;;) {
		struct pollfd fd = {.fd = http->fd, .events = events};
		int64_t left_ms = deadline_ms - clock_monotonic_ms();
		int n = left_ms > 0 ? poll(&fd, 1, (int)left_ms) : 0;

		if (n > 0)
			return 0;
		if (n == 0 || errno != EINTR) {
			set_problem(http, "No whole answer in time");
			return ERR_UNAVAILABLE;
		}
	}
}

/*
 * Whether a kept connection is as it was left. Something to read is its end, or what a peer says
 * about closing it (RFC 9110 §15.5.9): it must not be taken for the answer of the next request.
 */
static bool is_quiet(const struct http *http)
{
	struct pollfd fd = {.fd = http->fd, .events = POLLIN};

	return poll(&fd, 1, 0) == 0;
}

/* How a request ended that has no answer. */
enum failure {
	FAILURE_CLOSED, /* before the first byte of an answer */
	FAILURE_OTHER,
};

static int send_request(struct http *http, int64_t deadline_ms, enum failure *ret_failure)
{
	struct slice rest = buf_slice(&http->request);

	while (rest.len > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(http->curl, rest.ptr, rest.len, &sent);

		if (code == CURLE_AGAIN) {
			if (wait_socket(http, POLLOUT, deadline_ms) < 0)
				return ERR_UNAVAILABLE;
			continue;
		}
		if (code != CURLE_OK) {
			set_problem(http, "The connection was closed");
			*ret_failure = FAILURE_CLOSED;
			return ERR_UNAVAILABLE;
		}
		rest.ptr += sent;
		rest.len -= sent;
	}
	return 0;
}

static int receive_answer(struct http *http, int64_t deadline_ms, enum failure *ret_failure)
{
	const struct buf *body = http->answer.body;
	bool begun = false;

	/* Nothing is there yet when a request has just left. */
	if (wait_socket(http, POLLIN, deadline_ms) < 0)
		return ERR_UNAVAILABLE;
	for (;;) {
		size_t len = 0;
		CURLcode code =
			curl_easy_recv(http->curl, http->received, sizeof(http->received), &len);

		if (code == CURLE_AGAIN) {
			if (wait_socket(http, POLLIN, deadline_ms) < 0)
				return ERR_UNAVAILABLE;
			continue;
		}
		if (code == CURLE_OK && len == 0 && httpread_ends(&http->answer))
			return 0;
		if (code != CURLE_OK || len == 0) {
			set_problem(http, "The connection was closed before the whole answer came");
			*ret_failure = begun ? FAILURE_OTHER : FAILURE_CLOSED;
			return ERR_UNAVAILABLE;
		}
		begun = true;
		switch (httpread_feed(&http->answer, (struct slice){http->received, len})) {
		case HTTPREAD_MORE:
			break;
		case HTTPREAD_DONE:
			return 0;
		case HTTPREAD_WRONG:
			set_problem(http, "The answer is not one of HTTP/1.1");
			return ERR_UNAVAILABLE;
		case HTTPREAD_FULL:
			snprintf(http->problem, sizeof(http->problem),
				 "The answer is larger than %zu bytes", body->max);
			return ERR_UNAVAILABLE;
		}
	}
}

/* Send what was written and receive the answer, over the connection that there is. */
static int exchange(struct http *http, struct buf *body, int64_t deadline_ms,
		    enum failure *ret_failure)
{
	int r;

	buf_reset(body);
	httpread_begin(&http->answer, body);
	*ret_failure = FAILURE_OTHER;
	r = send_request(http, deadline_ms, ret_failure);
	return r < 0 ? r : receive_answer(http, deadline_ms, ret_failure);
}

int http_send(struct http *http, const struct http_request *request, struct buf *body,
	      struct http_response *ret_response)
{
	struct url url = url_split(request->url);
	int64_t deadline_ms = clock_monotonic_ms() + request->timeout_ms;
	enum failure failure;
	bool kept;
	int r;

	buf_reset(body);
	http->problem[0] = '\0';
	http->answer.id[0] = '\0';
	r = write_request(http, request, &url);
	if (r < 0)
		return r;
	if (http->curl && (!slice_is(url.origin, http->origin) || !is_quiet(http)))
		disconnect(http);
	kept = http->curl != NULL;
	if (!kept)
		r = connect_peer(http, url.origin, deadline_ms);
	if (r == 0)
		r = exchange(http, body, deadline_ms, &failure);
	/* The peer may close what it kept at any time; that says nothing about this request. */
	if (r < 0 && kept && failure == FAILURE_CLOSED) {
		disconnect(http);
		http->problem[0] = '\0';
		r = connect_peer(http, url.origin, deadline_ms);
		if (r == 0)
			r = exchange(http, body, deadline_ms, &failure);
	}
	if (r < 0 || !http->answer.keep)
		disconnect(http);
	if (r < 0)
		return r;
	*ret_response = (struct http_response){
		.status = http->answer.status,
		.crc32 = http->answer.crc32,
	};
	return 0;
}
