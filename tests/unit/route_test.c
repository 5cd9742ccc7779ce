/* route_test.c - the route loop as plain CGI: methods, paths, bodies, the budget, problems. */
#include "fastcgi.h"

#include "base/clock.h"
#include "json/jsonin.h"
#include "run/exposition.h"
#include "web/route.h"

static int echo(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct jsonout *out = resp_json(resp);

	(void)ctx;
	jsonout_object(out);
	jsonout_member_text(out, "method", req->method);
	jsonout_member_integer(out, "length", (int64_t)req->body.len);
	jsonout_object_end(out);
	return resp_json_end(resp);
}

static int refuse(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	(void)ctx;
	(void)req;
	jsonout_text(resp_json(resp), "dropped");
	buf_puts(&resp->headers, "X-Dropped: yes\r\n");
	resp_add_code(resp, "one");
	resp_add_code(resp, "two");
	resp_add_code(resp, "one");
	return resp_check(resp);
}

static int empty(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	(void)ctx;
	(void)req;
	return resp_empty(resp);
}

static int broken(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct jsonout *out = resp_json(resp);

	(void)ctx;
	(void)req;
	jsonout_string(out, SLICE("\xff"));
	return resp_json_end(resp);
}

static int unavailable(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	(void)ctx;
	(void)req;
	(void)resp;
	return ERR_UNAVAILABLE;
}

/* Says what /metrics tells of this worker now. */
static int busy(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	const struct exposition exposition = {.folder = ctx->config.metrics_dir, .version = "1"};
	buf_auto text = BUF_INIT(1 << 20);
	struct jsonout *out = resp_json(resp);
	const char *line;

	(void)req;
	if (exposition_write(&exposition, &text) < 0)
		return ERR_INTERNAL;
	line = strstr(text.data, "\ncruddur_workers_busy{route=\"");
	jsonout_bool(out, line && strncmp(strchr(line, ' '), " 1\n", 3) == 0);
	return resp_json_end(resp);
}

static const struct route routes[] = {
	{"GET", "/echo", AUTH_NONE, CACHE_NONE, echo},
	{"POST", "/echo", AUTH_NONE, CACHE_NONE, echo},
	{"POST", "/refuse", AUTH_NONE, CACHE_NONE, refuse},
	{"DELETE", "/things/{uuid}", AUTH_NONE, CACHE_NONE, empty},
	{"GET", "/broken", AUTH_NONE, CACHE_FEED, broken},
	{"GET", "/unavailable", AUTH_NONE, CACHE_PUBLIC, unavailable},
	{"GET", "/feed", AUTH_OPTIONAL, CACHE_FEED, echo},
	{"GET", "/public", AUTH_NONE, CACHE_PUBLIC, echo},
	{"GET", "/page", AUTH_NONE, CACHE_PAGE, echo},
	{"GET", "/busy", AUTH_NONE, CACHE_NONE, busy},
	{"GET", "/mine", AUTH_REQUIRED, CACHE_NONE, echo},
	{0},
};

struct answer {
	char text[8192];
	const char *body;
	char log[8192]; /* what was written to standard error */
};

/* Read `fd` to its end into `to`, and close it. */
static void read_all(int fd, char to[8192])
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, to + len, 8191 - len)) > 0)
		len += (size_t)n;
	to[len] = '\0';
	close(fd);
}

/* Run one CGI request in a child process. `env`: pairs of name and value. */
static void run(const char *const *env, struct slice body, struct answer *ret)
{
	int in[2], out[2], err[2], status;
	pid_t pid;

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe(err), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		clearenv();
		for (; *env; env += 2)
			setenv(env[0], env[1], 1);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		close(in[1]);
		close(out[0]);
		close(err[0]);
		_exit(route_main(routes, 0));
	}
	close(out[1]);
	close(err[1]);
	/* The read end stays open until then, because the program may answer without reading. */
	assert_int_equal(write(in[1], body.ptr, body.len), body.len);
	close(in[0]);
	close(in[1]);
	read_all(out[0], ret->text);
	read_all(err[0], ret->log);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	ret->body = strstr(ret->text, "\r\n\r\n");
	assert_non_null(ret->body);
	ret->body += 4;
}

static void assert_has(const struct answer *answer, const char *part)
{
	if (!strstr(answer->text, part))
		fail_msg("no %s in %s", part, answer->text);
}

static void request(const char *method, const char *path, struct answer *ret)
{
	const char *env[] = {"REQUEST_METHOD", method, "DOCUMENT_URI", path, NULL};

	run(env, SLICE(""), ret);
}

static void answers_with_json(void **state)
{
	struct answer answer;

	(void)state;
	request("GET", "/echo", &answer);
	assert_has(&answer, "Status: 200 OK\r\n");
	assert_has(&answer, "Content-Type: application/json\r\n");
	assert_has(&answer, "Cache-Control: private, no-store\r\n");
	assert_has(&answer, "X-Request-Id: ");
	assert_string_equal(answer.body, "{\"method\":\"GET\",\"length\":0}");
}

static void head_is_get_without_the_body(void **state)
{
	struct answer answer;

	(void)state;
	request("HEAD", "/echo", &answer);
	assert_has(&answer, "Status: 200 OK\r\n");
	assert_has(&answer, "Content-Length: 27\r\n");
	assert_string_equal(answer.body, "");
	request("HEAD", "/nothing", &answer);
	assert_has(&answer, "Status: 404 Not Found\r\n");
	assert_string_equal(answer.body, "");
}

static void the_table_sets_the_caching(void **state)
{
	const char *with_token[] = {
		"REQUEST_METHOD", "GET", "DOCUMENT_URI", "/public", "HTTP_AUTHORIZATION",
		"Bearer",	  NULL};
	struct answer answer;

	(void)state;
	request("GET", "/feed", &answer);
	assert_has(&answer, "Cache-Control: private, no-store\r\n");
	assert_has(&answer, "X-Accel-Expires: 1\r\n");
	request("GET", "/public", &answer);
	assert_has(&answer, "Cache-Control: no-cache\r\n");
	assert_null(strstr(answer.text, "X-Accel-Expires"));
	run(with_token, SLICE(""), &answer);
	assert_has(&answer, "Status: 200 OK\r\n");
	request("GET", "/page", &answer);
	assert_has(&answer, "Cache-Control: no-cache\r\n");
	assert_has(&answer, "X-Accel-Expires: 1\r\n");
	/* Problems are never cached. */
	request("GET", "/broken", &answer);
	assert_has(&answer, "Cache-Control: private, no-store\r\n");
	assert_null(strstr(answer.text, "X-Accel-Expires"));
	request("GET", "/unavailable", &answer);
	assert_has(&answer, "Cache-Control: private, no-store\r\n");
}

static void the_table_sets_the_authentication(void **state)
{
	const char *without_token[] = {
		"REQUEST_METHOD", "GET", "DOCUMENT_URI", "/feed", "HTTP_AUTHORIZATION",
		"Basic eDp5",	  NULL};
	struct answer answer;

	(void)state;
	request("GET", "/mine", &answer);
	assert_has(&answer, "Status: 401 Unauthorized\r\n");
	assert_has(&answer, "\"errors\":[\"token_missing\"]");
	assert_has(&answer, "WWW-Authenticate: Bearer realm=\"cruddur\"\r\n");
	run(without_token, SLICE(""), &answer);
	assert_has(&answer, "Status: 401 Unauthorized\r\n");
	without_token[3] = "/echo";
	run(without_token, SLICE(""), &answer);
	assert_has(&answer, "Status: 200 OK\r\n");
}

static void no_content_has_no_body(void **state)
{
	struct answer answer;

	(void)state;
	request("DELETE", "/things/1", &answer);
	assert_has(&answer, "Status: 204 No Content\r\n");
	assert_null(strstr(answer.text, "Content-Type"));
	assert_string_equal(answer.body, "");
}

static void other_methods_and_paths_are_refused(void **state)
{
	struct answer answer;

	(void)state;
	request("PUT", "/echo", &answer);
	assert_has(&answer, "Status: 405 Method Not Allowed\r\n");
	assert_has(&answer, "Allow: GET, HEAD, POST\r\n");
	assert_has(&answer, "\"errors\":[\"method_not_allowed\"]");
	request("get", "/echo", &answer);
	assert_has(&answer, "Status: 405 Method Not Allowed\r\n");
	request("", "/echo", &answer);
	assert_has(&answer, "Status: 405 Method Not Allowed\r\n");
	request("GET", "/echo/", &answer);
	assert_has(&answer, "Status: 404 Not Found\r\n");
	request("GET", "", &answer);
	assert_has(&answer, "Status: 404 Not Found\r\n");
}

static void a_problem_replaces_the_written_answer(void **state)
{
	const char *env[] = {"REQUEST_METHOD", "POST", "DOCUMENT_URI", "/refuse", "REQUEST_ID",
			     "abcdef1",	       NULL};
	json_auto *problem = NULL;
	struct answer answer;
	struct slice value;
	int64_t status;

	(void)state;
	run(env, SLICE(""), &answer);
	assert_has(&answer, "Status: 422 Unprocessable Content\r\n");
	assert_has(&answer, "Content-Type: application/problem+json\r\n");
	assert_null(strstr(answer.text, "ropped"));
	assert_has(&answer, "\"errors\":[\"one\",\"two\"]");
	assert_int_equal(jsonin_object(slice_of(answer.body), &problem), 0);
	assert_int_equal(jsonin_integer(problem, "status", &status), 0);
	assert_int_equal(status, 422);
	assert_int_equal(jsonin_string(problem, "request_id", &value), 0);
	assert_true(slice_is(value, "abcdef1"));
	assert_int_equal(jsonin_string(problem, "type", &value), 0);
	assert_int_equal(jsonin_string(problem, "title", &value), 0);
	assert_int_equal(jsonin_string(problem, "detail", &value), 0);
}

static void an_answer_that_is_not_utf8_is_a_500(void **state)
{
	struct answer answer;

	(void)state;
	request("GET", "/broken", &answer);
	assert_has(&answer, "Status: 500 Internal Server Error\r\n");
	assert_has(&answer, "\"errors\":[\"internal\"]");
	assert_null(strchr(answer.text, '\xff'));
	assert_non_null(strstr(answer.log, "\"level\":\"error\""));
}

static void unavailable_has_retry_after(void **state)
{
	struct answer answer;

	(void)state;
	request("GET", "/unavailable", &answer);
	assert_has(&answer, "Status: 503 Service Unavailable\r\n");
	assert_has(&answer, "Retry-After: 1\r\n");
	assert_non_null(strstr(answer.log, "\"level\":\"warn\""));
	request("GET", "/echo", &answer);
	assert_string_equal(answer.log, "");
}

static void bodies_are_checked_against_their_length(void **state)
{
	static char text[20000];
	static const struct {
		const char *length;
		size_t sent;
		const char *expected;
	} cases[] = {
		{"5", 5, "\"length\":5}"},
		{"", 0, "\"length\":0}"},
		{"16384", 16384, "\"length\":16384}"},
		{"16385", 16385, "body_too_large"},
		{"99999999999999999999999", 10, "body_too_large"},
		{"10", 5, "json_malformed"},
		{"-1", 5, "json_malformed"},
		{"5x", 5, "json_malformed"},
	};

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *env[] = {
			"REQUEST_METHOD", "POST", "DOCUMENT_URI", "/echo", "CONTENT_LENGTH",
			cases[i].length,  NULL};
		struct answer answer;

		run(env, (struct slice){text, cases[i].sent}, &answer);
		assert_has(&answer, cases[i].expected);
	}
}

static void a_request_that_waited_too_long_is_refused(void **state)
{
	char arrived[32];
	const char *env[] = {"REQUEST_METHOD", "GET", "DOCUMENT_URI", "/echo", "REQUEST_ARRIVED",
			     arrived,	       NULL};
	struct answer answer;

	(void)state;
	for (int waited_s = 3; waited_s < 100; waited_s += 30) {
		long long second = clock_now_us() / 1000000 - waited_s;

		snprintf(arrived, sizeof(arrived), "%lld.250", second);
		run(env, SLICE(""), &answer);
		assert_has(&answer, "Status: 503 Service Unavailable\r\n");
		assert_has(&answer, "overloaded");
		assert_has(&answer, "Retry-After: 1\r\n");
	}

	snprintf(arrived, sizeof(arrived), "%lld.250", (long long)(clock_now_us() / 1000000 + 60));
	run(env, SLICE(""), &answer);
	assert_has(&answer, "Status: 200 OK\r\n");
	snprintf(arrived, sizeof(arrived), "nonsense");
	run(env, SLICE(""), &answer);
	assert_has(&answer, "Status: 200 OK\r\n");
}

static void the_target_is_matched_as_it_was_sent(void **state)
{
	const char *env[] = {"REQUEST_METHOD", "GET", "DOCUMENT_URI", "/echo", "REQUEST_URI",
			     "/x/../echo",     NULL};
	struct answer answer;

	(void)state;
	run(env, SLICE(""), &answer);
	assert_has(&answer, "Status: 404 Not Found\r\n");
	env[5] = "/echo?limit=1";
	run(env, SLICE(""), &answer);
	assert_has(&answer, "Status: 200 OK\r\n");
}

static void the_request_id_of_the_server_is_kept(void **state)
{
	static const char id[] = "Root-1-67891233-abcdef012345678912345678XYZxyz-0123456789ABCDEFg";
	const char *env[] = {
		"REQUEST_METHOD", "GET", "DOCUMENT_URI", "/echo", "REQUEST_ID", id, NULL};
	struct answer answer;

	(void)state;
	assert_int_equal(strlen(id), 64);
	run(env, SLICE(""), &answer);
	assert_has(&answer, id);
}

static void malformed_request_ids_are_replaced(void **state)
{
	const char *env[] = {"REQUEST_METHOD", "GET", "DOCUMENT_URI", "/echo", "REQUEST_ID",
			     "a\r\nEvil: 1",   NULL};
	struct answer answer;

	(void)state;
	run(env, SLICE(""), &answer);
	assert_null(strstr(answer.text, "Evil"));
	assert_has(&answer, "X-Request-Id: ");
}

static void the_trace_id_is_in_the_log(void **state)
{
	static const struct {
		const char *id;
		bool logged;
	} cases[] = {
		{"4bf92f3577b34da6a3ce929d0e0e4736", true},
		{"4BF92F3577B34DA6A3CE929D0E0E4736", false},
		{"4bf92f3577b34da6a3ce929d0e0e473", false},
		{"4bf92f3577b34da6a3ce929d0e0e47361", false},
		{"4bf92f3577b34da6a3ce929d0e0e473\n", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *env[] = {
			"REQUEST_METHOD", "GET", "DOCUMENT_URI", "/unavailable", "TRACE_ID",
			cases[i].id,	  NULL};
		struct answer answer;

		run(env, SLICE(""), &answer);
		assert_non_null(strstr(answer.log, "\"event\":\"request\""));
		if (cases[i].logged)
			assert_non_null(strstr(
				answer.log,
				",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"method\""));
		else
			assert_null(strstr(answer.log, "trace_id"));
	}
}

static void a_worker_is_busy_while_it_serves(void **state)
{
	char folder[] = "/tmp/cruddur-route-XXXXXX", command[64];
	const char *env[] = {
		"REQUEST_METHOD", "GET", "DOCUMENT_URI", "/busy", "CRUDDUR_METRICS_DIR",
		mkdtemp(folder),  NULL};
	struct answer answer;

	(void)state;
	run(env, SLICE(""), &answer);
	assert_string_equal(answer.body, "true");
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}

static int serve(void)
{
	clearenv();
	return route_main(routes, 0);
}

/* Nothing of an answer is left for the next one of the same worker. */
static void answers_of_one_worker_are_independent(void **state)
{
	static const char *const read_env[] = {"REQUEST_METHOD", "GET", "DOCUMENT_URI", "/echo",
					       NULL};
	static const char *const delete_env[] = {"REQUEST_METHOD", "DELETE", "DOCUMENT_URI",
						 "/things/1", NULL};
	static const char *const refuse_env[] = {"REQUEST_METHOD", "POST", "DOCUMENT_URI",
						 "/refuse", NULL};
	struct fastcgi worker;
	char answer[8192];

	(void)state;
	fastcgi_start(&worker, serve);
	fastcgi_ask(&worker, read_env, "", answer, sizeof(answer));
	assert_non_null(strstr(answer, "Content-Type: application/json\r\n"));
	fastcgi_ask(&worker, delete_env, "", answer, sizeof(answer));
	assert_non_null(strstr(answer, "Status: 204 No Content\r\n"));
	assert_null(strstr(answer, "Content-Type"));
	fastcgi_ask(&worker, refuse_env, "", answer, sizeof(answer));
	assert_non_null(strstr(answer, "\"errors\":[\"one\",\"two\"]"));
	fastcgi_ask(&worker, read_env, "", answer, sizeof(answer));
	assert_non_null(strstr(answer, "Status: 200 OK\r\n"));
	assert_null(strstr(answer, "ropped"));
	fastcgi_stop(&worker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_with_json),
		cmocka_unit_test(head_is_get_without_the_body),
		cmocka_unit_test(the_table_sets_the_caching),
		cmocka_unit_test(the_table_sets_the_authentication),
		cmocka_unit_test(no_content_has_no_body),
		cmocka_unit_test(other_methods_and_paths_are_refused),
		cmocka_unit_test(a_problem_replaces_the_written_answer),
		cmocka_unit_test(an_answer_that_is_not_utf8_is_a_500),
		cmocka_unit_test(unavailable_has_retry_after),
		cmocka_unit_test(bodies_are_checked_against_their_length),
		cmocka_unit_test(a_request_that_waited_too_long_is_refused),
		cmocka_unit_test(the_target_is_matched_as_it_was_sent),
		cmocka_unit_test(the_request_id_of_the_server_is_kept),
		cmocka_unit_test(malformed_request_ids_are_replaced),
		cmocka_unit_test(the_trace_id_is_in_the_log),
		cmocka_unit_test(a_worker_is_busy_while_it_serves),
		cmocka_unit_test(answers_of_one_worker_are_independent),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
