/* log_test.c - one JSON object per line; a stalled reader loses lines but blocks nothing. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "json/jsonin.h"
#include "run/budget.h"
#include "run/log.h"

static int saved, reader;

/* Standard error becomes a pipe that the test reads. */
static int setup(void **state)
{
	int ends[2];

	(void)state;
	if (pipe(ends) < 0)
		return -1;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	reader = ends[0];
	saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	log_init("tester", LOG_WARN, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(reader);
	return 0;
}

static size_t read_all(char *to, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && (n = read(reader, to + len, size - 1 - len)) > 0)
		len += (size_t)n;
	to[len] = '\0';
	return len;
}

static void a_request_is_one_json_line(void **state)
{
	struct budget budget = {0};
	const struct log_request request = {
		.request_id = "id1",
		.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736",
		.method = "GET",
		.route = "/api/messages/{group_uuid}",
		.status = 503,
		.code = "unavailable",
		.problem = "line\nbreak \"quoted\"",
		.duration_us = 12,
		.budget = &budget,
		.ids = {[DEP_DB] = "4711", [DEP_DYNAMODB] = "UNUSED", [DEP_COGNITO] = ""},
	};
	json_auto *line = NULL;
	struct slice value;
	int64_t status;
	char text[8192];
	size_t len;

	(void)state;
	budget.deps[DEP_DB].calls = 2;
	budget.deps[DEP_COGNITO].calls = 1; /* without an id: it was not reached */
	log_request(LOG_WARN, &request);
	log_request(LOG_DEBUG, &request); /* below the level */
	len = read_all(text, sizeof(text));
	assert_ptr_equal(strchr(text, '\n'), text + len - 1);
	assert_int_equal(jsonin_object((struct slice){text, len - 1}, &line), 0);
	assert_int_equal(jsonin_string(line, "request_id", &value), 0);
	assert_true(slice_is(value, "id1"));
	assert_int_equal(jsonin_string(line, "trace_id", &value), 0);
	assert_true(slice_is(value, "4bf92f3577b34da6a3ce929d0e0e4736"));
	assert_int_equal(jsonin_string(line, "program", &value), 0);
	assert_true(slice_is(value, "tester"));
	assert_int_equal(jsonin_string(line, "problem", &value), 0);
	assert_true(slice_is(value, "line\nbreak \"quoted\""));
	assert_int_equal(jsonin_integer(line, "status", &status), 0);
	assert_int_equal(status, 503);
	assert_non_null(
		strstr(text, "\"postgresql\":{\"calls\":2,\"spent_us\":0,\"id\":\"4711\"}"));
	assert_non_null(strstr(text, "\"cognito\":{\"calls\":1,\"spent_us\":0}"));
	assert_null(strstr(text, "dynamodb"));
}

static void a_full_pipe_drops_lines_and_counts_them(void **state)
{
	static char text[1 << 20];
	unsigned lines = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) /* far more than a pipe holds; must not block */
		log_event(LOG_ERROR, "flood", "a detail of some length");
	read_all(text, sizeof(text));
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_in_range(lines, 1, 9999);
	log_event(LOG_ERROR, "after", NULL);
	read_all(text, sizeof(text));
	{
		json_auto *line = NULL;
		int64_t dropped;

		assert_int_equal(jsonin_object((struct slice){text, strlen(text) - 1}, &line), 0);
		assert_int_equal(jsonin_integer(line, "dropped", &dropped), 0);
		assert_int_equal(dropped, 10000 - lines);
	}
	log_event(LOG_ERROR, "once", NULL);
	read_all(text, sizeof(text));
	assert_null(strstr(text, "dropped"));
}

static void a_line_that_is_too_long_is_dropped(void **state)
{
	static char detail[8000];
	char text[8192];

	(void)state;
	memset(detail, 'x', sizeof(detail) - 1);
	log_event(LOG_ERROR, "long", detail);
	assert_int_equal(read_all(text, sizeof(text)), 0);
	log_event(LOG_ERROR, "next", NULL);
	read_all(text, sizeof(text));
	assert_non_null(strstr(text, "\"dropped\":1"));
}

static void a_closed_reader_is_harmless(void **state)
{
	(void)state;
	close(reader);
	reader = open("/dev/null", O_RDONLY);
	signal(SIGPIPE, SIG_IGN);
	log_event(LOG_ERROR, "nobody", NULL);
	signal(SIGPIPE, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_request_is_one_json_line, setup, teardown),
		cmocka_unit_test_setup_teardown(a_full_pipe_drops_lines_and_counts_them, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_line_that_is_too_long_is_dropped, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_closed_reader_is_harmless, setup, teardown),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
