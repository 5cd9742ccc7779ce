/* fcgi_test.c - requests over FastCGI connections, and the end after SIGTERM. */
#include "fastcgi.h"

#include <stdbool.h>

#include "base/err.h"
#include "web/fcgi.h"

/* Answers with the value of NAME and the body; "end" for NAME asks for the end while it serves. */
static int echo(void)
{
	struct fcgi *fcgi = NULL;
	char *const *env;
	int r;

	if (fcgi_open(&fcgi) < 0)
		return 2;
	while ((r = fcgi_accept(fcgi, &env)) == 0) {
		char body[1024];
		size_t len = fcgi_read(fcgi, body, 5);

		for (; *env; env++)
			if (strncmp(*env, "NAME=", 5) == 0)
				break;
		if (*env && strcmp(*env, "NAME=end") == 0)
			raise(SIGTERM);
		fcgi_write(fcgi, slice_of(*env ? *env : "none"));
		fcgi_write(fcgi, SLICE("|"));
		fcgi_write(fcgi, (struct slice){body, len});
		fcgi_finish(fcgi);
	}
	fcgi_close(fcgi);
	return r == ERR_NOT_FOUND ? 0 : 1;
}

static void requests_follow_one_another(void **state)
{
	static const char *const env[] = {"OTHER", "x", "NAME", "ada", NULL};
	struct fastcgi worker;
	char answer[1024];

	(void)state;
	fastcgi_start(&worker, echo);
	fastcgi_ask(&worker, env, "hello", answer, sizeof(answer));
	assert_string_equal(answer, "NAME=ada|hello");
	/* The rest of a body is not part of the next request. */
	fastcgi_ask(&worker, env, "hello, and more", answer, sizeof(answer));
	assert_string_equal(answer, "NAME=ada|hello");
	fastcgi_ask(&worker, env, "", answer, sizeof(answer));
	assert_string_equal(answer, "NAME=ada|");
	fastcgi_ask(&worker, env + 4, "", answer, sizeof(answer));
	assert_string_equal(answer, "none|");
	fastcgi_stop(&worker);
}

static void a_connection_without_a_request_is_closed(void **state)
{
	static const char *const env[] = {"NAME", "ada", NULL};
	struct fastcgi worker;
	char answer[1024];
	int fd;

	(void)state;
	fastcgi_start(&worker, echo);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&worker.address, worker.address_len), 0);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	fastcgi_receive(fd, answer, sizeof(answer));
	assert_string_equal(answer, "");
	fastcgi_ask(&worker, env, "", answer, sizeof(answer));
	assert_string_equal(answer, "NAME=ada|");
	fastcgi_stop(&worker);
}

static void the_running_request_is_answered_before_the_end(void **state)
{
	static const char *const env[] = {"NAME", "end", NULL};
	struct fastcgi worker;
	char answer[1024];

	(void)state;
	fastcgi_start(&worker, echo);
	fastcgi_ask(&worker, env, "", answer, sizeof(answer));
	assert_string_equal(answer, "NAME=end|");
	fastcgi_wait(&worker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_follow_one_another),
		cmocka_unit_test(a_connection_without_a_request_is_closed),
		cmocka_unit_test(the_running_request_is_answered_before_the_end),
	};

	return cmocka_run_group_tests_name("fcgi", tests, NULL, NULL);
}
