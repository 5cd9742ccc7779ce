/* http_test.c - one kept connection, complete answers, and recovery after failures. */
#include "server.h"

#include "base/err.h"
#include "net/http.h"

static int get(struct http *http, const char *url, struct buf *body, int *ret_status)
{
	struct http_request request = {
		.method = "GET",
		.url = url,
		.timeout_ms = 10000,
		.wanted = {"X-Amz-Crc32"},
	};

	return http_send(http, &request, body, ret_status);
}

static void sends_method_headers_and_body(void **state)
{
	struct server *server = server_start(SCRIPT({.body = "hello"}));
	struct http *http = http_new();
	buf_auto body = BUF_INIT(100);
	struct http_request request = {
		.method = "POST",
		.url = server->url,
		.headers = {"Content-Type: text/x", "X-One: 1"},
		.body = SLICE("a body"),
		.timeout_ms = 10000,
	};
	int status;
	char value[64];
	const char *host;

	(void)state;
	assert_int_equal(http_send(http, &request, &body, &status), 0);
	assert_int_equal(status, 200);
	assert_string_equal(body.data, "hello");
	assert_ptr_equal(strstr(server->requests[0], "POST / HTTP/1.1\r\n"), server->requests[0]);
	assert_string_equal(server_body(server, 0), "a body");
	assert_string_equal(server_header(server, 0, "Content-Type", value, 64), "text/x");
	assert_string_equal(server_header(server, 0, "X-One", value, 64), "1");
	assert_null(server_header(server, 0, "Expect", value, 64));
	assert_null(server_header(server, 0, "Accept-Encoding", value, 64));

	request = (struct http_request){.method = "PUT", .url = server->url, .timeout_ms = 10000};
	assert_int_equal(http_send(http, &request, &body, &status), 0);
	assert_ptr_equal(strstr(server->requests[1], "PUT / HTTP/1.1\r\n"), server->requests[1]);
	assert_null(server_header(server, 1, "X-One", value, 64));
	assert_string_equal(server_header(server, 1, "Content-Length", value, 64), "0");

	request = (struct http_request){.method = "GET", .url = server->url, .timeout_ms = 10000};
	assert_int_equal(http_send(http, &request, &body, &status), 0);
	assert_null(server_header(server, 2, "Content-Length", value, 64));
	request.body = SLICE("a body");
	request.headers[0] = "Host: example.org";
	request.headers[1] = "X-One: 1";
	assert_int_equal(http_send(http, &request, &body, &status), 0);
	assert_string_equal(server_body(server, 3), "a body");
	/* A request has one Host (RFC 9112, section 3.2). */
	host = strstr(server->requests[3], "Host: ");
	assert_ptr_equal(strstr(host, "Host: example.org\r\n"), host);
	assert_null(strstr(host + 1, "Host: "));
	assert_int_equal(server->connections, 1);
	http_free(http);
	server_stop(server);
}

static void reads_status_and_headers(void **state)
{
	struct server *server = server_start(
		SCRIPT({.status = 400, .headers = "x-amz-crc32: 4294967295\r\n", .body = "no"},
		       {.status = 503}));
	struct http *http = http_new();
	buf_auto body = BUF_INIT(100);
	int status;

	(void)state;
	assert_int_equal(get(http, server->url, &body, &status), 0);
	assert_int_equal(status, 400);
	assert_string_equal(http_header(http, "X-Amz-Crc32"), "4294967295");
	assert_null(http_header(http, "Content-Length"));
	assert_string_equal(body.data, "no");
	assert_int_equal(get(http, server->url, &body, &status), 0);
	assert_int_equal(status, 503);
	assert_null(http_header(http, "X-Amz-Crc32"));
	assert_int_equal(body.len, 0);
	http_free(http);
	server_stop(server);
}

static void a_failure_does_not_affect_the_next_request(void **state)
{
	static const enum server_end ends[] = {SERVER_CUT, SERVER_RESET_BEFORE,
					       SERVER_RESET_WITHIN};

	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct server *server = server_start(
			SCRIPT({.body = "first"}, {.end = ends[i], .body = "a long answer"},
			       {.body = "good"}));
		struct http *http = http_new();
		buf_auto body = BUF_INIT(100);
		int status;

		/* On a new connection: the failure of a kept one would be retried. */
		assert_int_equal(get(http, server->url, &body, &status), 0);
		http_free(http);
		http = http_new();
		assert_int_equal(get(http, server->url, &body, &status), ERR_UNAVAILABLE);
		assert_true(strlen(http_problem(http)) > 0);
		assert_int_equal(get(http, server->url, &body, &status), 0);
		assert_string_equal(body.data, "good");
		http_free(http);
		server_stop(server);
	}
}

static void a_kept_connection_that_died_is_replaced(void **state)
{
	struct server *server =
		server_start(SCRIPT({.end = SERVER_RESET_AFTER, .body = "one"}, {.body = "two"}));
	struct http *http = http_new();
	buf_auto body = BUF_INIT(100);
	int status;

	(void)state;
	assert_int_equal(get(http, server->url, &body, &status), 0);
	assert_string_equal(body.data, "one");
	server_wait(server, 1);
	assert_int_equal(get(http, server->url, &body, &status), 0);
	assert_string_equal(body.data, "two");
	assert_int_equal(server->connections, 2);
	http_free(http);
	server_stop(server);
}

static void an_unrequested_answer_is_ignored(void **state)
{
	struct server *server = server_start(
		SCRIPT({.body = "one",
			.unasked = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nlate"},
		       {.body = "two"}));
	struct http *http = http_new();
	buf_auto body = BUF_INIT(100);
	int status;

	(void)state;
	assert_int_equal(get(http, server->url, &body, &status), 0);
	server_wait(server, 1);
	assert_int_equal(get(http, server->url, &body, &status), 0);
	assert_int_equal(status, 200);
	assert_string_equal(body.data, "two");
	assert_int_equal(server->connections, 2);
	http_free(http);
	server_stop(server);
}

static void a_connection_is_kept_unless_the_server_says_close(void **state)
{
	struct server *server = server_start(SCRIPT({.headers = "Connection: close\r\n"},
						    {.status = 404, .body = "kept"}, {.body = ""}));
	struct server *other = server_start(SCRIPT({.body = "other"}));
	struct http *http = http_new();
	buf_auto body = BUF_INIT(100);
	int status;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(get(http, server->url, &body, &status), 0);
	assert_int_equal(server->connections, 2);
	assert_int_equal(server->count, 3);
	/* The client keeps only one connection, to the current server. */
	assert_int_equal(get(http, other->url, &body, &status), 0);
	assert_string_equal(body.data, "other");
	assert_int_equal(get(http, server->url, &body, &status), 0);
	assert_int_equal(server->connections, 3);
	http_free(http);
	server_stop(server);
	server_stop(other);
}

static void the_request_target_comes_from_the_url(void **state)
{
	static const struct {
		const char *rest;
		const char *line;
	} cases[] = {
		{"", "GET / HTTP/1.1\r\n"},
		{"/", "GET / HTTP/1.1\r\n"},
		{"?a=b", "GET /?a=b HTTP/1.1\r\n"},
		{"/x/y?a=b#c", "GET /x/y?a=b HTTP/1.1\r\n"},
	};
	struct server *server = server_start(SCRIPT({.body = "hello"}));
	struct http *http = http_new();
	buf_auto body = BUF_INIT(100);
	int status;
	char url[128], value[64];

	(void)state;
	for (unsigned i = 0; i < COUNT(cases); i++) {
		snprintf(url, sizeof(url), "%s%s", server->url, cases[i].rest);
		assert_int_equal(get(http, url, &body, &status), 0);
		assert_memory_equal(server->requests[i], cases[i].line, strlen(cases[i].line));
		assert_string_equal(server_header(server, i, "Host", value, 64),
				    server->url + strlen("http://"));
	}
	assert_int_equal(server->connections, 1);
	http_free(http);
	server_stop(server);
}

static void an_answer_above_the_maximum_is_refused(void **state)
{
	struct server *server =
		server_start(SCRIPT({.body = "12345678901"}, {.body = "1234567890"}));
	struct http *http = http_new();
	buf_auto body = BUF_INIT(10);
	int status;

	(void)state;
	assert_int_equal(get(http, server->url, &body, &status), ERR_UNAVAILABLE);
	assert_string_equal(http_problem(http), "The answer is larger than 10 bytes");
	assert_int_equal(get(http, server->url, &body, &status), 0);
	assert_string_equal(body.data, "1234567890");
	http_free(http);
	server_stop(server);
}

static void a_missing_answer_ends_with_the_timeout(void **state)
{
	struct server *server = server_start(SCRIPT({.end = SERVER_SILENT}, {.body = "good"}));
	struct http *http = http_new();
	buf_auto body = BUF_INIT(100);
	struct http_request request = {.method = "GET", .url = server->url, .timeout_ms = 1000};
	int status;

	(void)state;
	assert_int_equal(http_send(http, &request, &body, &status), ERR_UNAVAILABLE);
	assert_int_equal(get(http, server->url, &body, &status), 0);
	http_free(http);
	server_stop(server);
}

static void follows_no_redirects_and_uses_no_proxy(void **state)
{
	struct server *target = server_start(SCRIPT({.body = "elsewhere"}));
	struct server *server;
	struct http *http = http_new();
	buf_auto body = BUF_INIT(10000);
	int status;
	char location[128], unused_url[64], with_query[128];

	(void)state;
	snprintf(location, sizeof(location), "Location: %s/\r\n", target->url);
	server = server_start(SCRIPT({.status = 302, .headers = location}));
	server_unused_url(unused_url);

	/* No redirect is followed, no proxy used, no other protocol spoken. */
	setenv("http_proxy", unused_url, 1);
	assert_int_equal(get(http, server->url, &body, &status), 0);
	unsetenv("http_proxy");
	assert_int_equal(status, 302);
	assert_int_equal(server->count, 1);
	assert_int_equal(target->count, 0);
	assert_int_equal(get(http, "file:///etc/hostname", &body, &status), ERR_UNAVAILABLE);
	assert_int_equal(body.len, 0);

	snprintf(with_query, sizeof(with_query), "%s/?key=hidden", unused_url);
	assert_int_equal(get(http, with_query, &body, &status), ERR_UNAVAILABLE);
	assert_true(strlen(http_problem(http)) > 0);
	assert_null(strstr(http_problem(http), "hidden"));
	http_free(http);
	http_free(NULL);
	server_stop(server);
	server_stop(target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sends_method_headers_and_body),
		cmocka_unit_test(reads_status_and_headers),
		cmocka_unit_test(a_failure_does_not_affect_the_next_request),
		cmocka_unit_test(a_kept_connection_that_died_is_replaced),
		cmocka_unit_test(an_unrequested_answer_is_ignored),
		cmocka_unit_test(a_connection_is_kept_unless_the_server_says_close),
		cmocka_unit_test(the_request_target_comes_from_the_url),
		cmocka_unit_test(an_answer_above_the_maximum_is_refused),
		cmocka_unit_test(a_missing_answer_ends_with_the_timeout),
		cmocka_unit_test(follows_no_redirects_and_uses_no_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
