/* metrics_test.c - counters survive their process, and foreign files are ignored. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "run/exposition.h"
#include "run/live_counters.h"
#include "run/metrics.h"
#include "web/problem.h"

#define TEXT_MAX ((size_t)1 << 20)
#define NOW_S	 1700000000

static char folder[64];

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/cruddur-metrics-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static struct metrics *open_ours(const char *program)
{
	struct metrics *metrics = NULL;

	assert_int_equal(metrics_open(folder, program, NOW_S, &metrics), 0);
	assert_non_null(metrics);
	return metrics;
}

/* The text of /metrics, to be freed. */
static char *all(const char *pools)
{
	const struct exposition exposition = {.folder = folder, .pools = pools, .version = "1"};
	struct buf out = BUF_INIT(TEXT_MAX);

	assert_int_equal(exposition_write(&exposition, &out), 0);
	return out.data;
}

/* Whether this is a whole line of /metrics. */
static bool says(const char *line)
{
	char *text = all(NULL);
	char whole[256];
	bool found;

	snprintf(whole, sizeof(whole), "\n%s\n", line);
	found = strstr(text, whole) != NULL;
	if (!found)
		print_error("%s\nis not in:\n%s\n", line, text);
	free(text);
	return found;
}

static void path_of(const char *name, char ret[128])
{
	snprintf(ret, 128, "%s/%s", folder, name);
}

static void write_file(const char *name, const void *bytes, size_t len)
{
	char path[128];
	FILE *file;

	path_of(name, path);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static struct metrics_file read_ours(const char *name)
{
	struct metrics_file file;
	char path[128];
	int fd;

	path_of(name, path);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_true(metrics_read(fd, &file));
	close(fd);
	return file;
}

static void events_are_counted(void **state)
{
	struct metrics *metrics = open_ours("messages");
	char *text;

	(void)state;
	metrics_begin(metrics);
	assert_true(says("cruddur_workers_busy{route=\"messages\"} 1"));
	assert_true(says("cruddur_log_lines_dropped_total{route=\"messages\"} 0"));
	metrics_answered(metrics, "GET", 200, 3000, 1500);
	metrics_begin(metrics);
	metrics_answered(metrics, "GET", 200, 0, 90);
	metrics_begin(metrics);
	metrics_answered(metrics, "BREW", 418, 0, 90);
	metrics_call(metrics, OPERATION_USERS_BY_SUB, 400, true);
	metrics_call(metrics, OPERATION_QUERY, 700, false);
	metrics_call(metrics, OPERATION_DYNAMODB_OTHER, 700, true);
	metrics_call(metrics, OPERATION_JWKS, 700, true);
	metrics_event(metrics, METRICS_RETRY, DEP_DYNAMODB);
	metrics_event(metrics, METRICS_BREAKER_OPENED, DEP_DB);
	metrics_event(metrics, METRICS_BREAKER_REFUSED, DEP_DB);
	metrics_event(metrics, METRICS_BREAKER_REFUSED, DEP_DB);
	metrics_keys_got(metrics, NOW_S + 5);
	metrics_log_dropped(metrics);

	assert_true(
		says("cruddur_requests_total{route=\"messages\",method=\"GET\",status=\"200\"} 2"));
	assert_true(says("cruddur_requests_total{route=\"messages\",method=\"other\","
			 "status=\"other\"} 1"));
	assert_true(says(
		"cruddur_request_duration_seconds_bucket{route=\"messages\",le=\"0.0001\"} 2"));
	assert_true(
		says("cruddur_request_duration_seconds_bucket{route=\"messages\",le=\"+Inf\"} 3"));
	assert_true(says("cruddur_request_duration_seconds_sum{route=\"messages\"} 0.001680"));
	assert_true(says("cruddur_request_duration_seconds_count{route=\"messages\"} 3"));
	assert_true(
		says("cruddur_request_wait_seconds_bucket{route=\"messages\",le=\"0.0025\"} 2"));
	assert_true(
		says("cruddur_dependency_calls_total{route=\"messages\",dependency=\"postgresql\","
		     "operation=\"users_by_sub\",outcome=\"ok\"} 1"));
	assert_true(
		says("cruddur_dependency_calls_total{route=\"messages\",dependency=\"dynamodb\","
		     "operation=\"Query\",outcome=\"failed\"} 1"));
	assert_true(
		says("cruddur_dependency_calls_total{route=\"messages\",dependency=\"dynamodb\","
		     "operation=\"other\",outcome=\"ok\"} 1"));
	assert_true(says("cruddur_dependency_duration_seconds_count{dependency=\"cognito\","
			 "operation=\"JWKS\"} 1"));
	assert_true(says("cruddur_dependency_retries_total{route=\"messages\","
			 "dependency=\"dynamodb\"} 1"));
	assert_true(says("cruddur_breaker_opened_total{route=\"messages\","
			 "dependency=\"postgresql\"} 1"));
	assert_true(says("cruddur_breaker_refused_total{route=\"messages\","
			 "dependency=\"postgresql\"} 2"));
	assert_true(says("cruddur_jwks_oldest_timestamp_seconds{route=\"messages\"} 1700000005"));
	assert_true(says("cruddur_log_lines_dropped_total{route=\"messages\"} 1"));
	assert_true(says("cruddur_workers_busy{route=\"messages\"} 0"));
	assert_true(says("cruddur_workers_running{route=\"messages\"} 1"));
	metrics_close(metrics);
	assert_true(says("cruddur_workers_running{route=\"messages\"} 0"));
	/* An operation that was never called has no line. */
	text = all(NULL);
	assert_null(strstr(text, "operation=\"users_register\""));
	free(text);
}

static void every_status_of_a_problem_has_a_counter(void **state)
{
	static const int statuses[] = {
#define STATUS(constant, status, code, detail) status,
		PROBLEM_TABLE(STATUS)
#undef STATUS
			200,
		202,
		204,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(statuses); i++) {
		size_t at = 0;

		while (at < METRICS_STATUSES - 1 && metrics_statuses[at] != statuses[i])
			at++;
		assert_true(at < METRICS_STATUSES - 1);
	}
}

static void a_bound_belongs_to_its_bucket(void **state)
{
	struct metrics *metrics = open_ours("edges");
	struct metrics_file file;

	(void)state;
	for (unsigned i = 0; i < METRICS_BUCKETS - 1; i++) {
		metrics_answered(metrics, "GET", 200, -1, metrics_bounds_us[i]);
		metrics_answered(metrics, "GET", 200, 0, metrics_bounds_us[i] + 1);
	}
	metrics_answered(metrics, "GET", 200, 0, INT64_MAX);
	metrics_close(metrics);
	file = read_ours("edges.0");
	assert_int_equal(file.counters.request_duration.buckets[0], 1);
	for (unsigned i = 1; i < METRICS_BUCKETS; i++)
		assert_int_equal(file.counters.request_duration.buckets[i], 2);
	assert_int_equal(file.counters.request_wait.buckets[0], 2 * METRICS_BUCKETS - 1);
	assert_int_equal(file.counters.request_wait.sum_us, 0);
}

static void counting_continues_after_a_restart(void **state)
{
	(void)state;
	for (int i = 1; i <= 3; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			struct metrics *metrics;

			if (metrics_open(folder, "mortal", NOW_S + i, &metrics) < 0)
				_exit(1);
			metrics_answered(metrics, "GET", 200, 0, 1);
			metrics_keys_got(metrics, NOW_S);
			metrics_begin(metrics);
			raise(SIGKILL); /* in the middle of a request */
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
	}
	assert_true(
		says("cruddur_requests_total{route=\"mortal\",method=\"GET\",status=\"200\"} 3"));
	assert_true(says("cruddur_worker_starts_total{route=\"mortal\"} 3"));
	assert_true(says("cruddur_worker_ends_total{route=\"mortal\"} 0"));
	assert_true(says("cruddur_workers_running{route=\"mortal\"} 0"));
	assert_true(says("cruddur_workers_busy{route=\"mortal\"} 0"));

	/* The gauges are those of the new process. */
	{
		struct metrics *metrics = open_ours("mortal");
		struct metrics_file file = read_ours("mortal.0");

		assert_int_equal(file.state.busy, 0);
		assert_int_equal(file.state.started_s, NOW_S);
		assert_int_equal(file.state.keys_got_s, 0);
		metrics_close(metrics);
	}
}

static void two_workers_have_two_files_and_one_sum(void **state)
{
	struct metrics *first = open_ours("both");
	struct metrics *second = open_ours("both");
	struct metrics *third;

	(void)state;
	metrics_answered(first, "GET", 200, 0, 1);
	metrics_answered(second, "GET", 200, 0, 1);
	metrics_answered(second, "GET", 200, 0, 1);
	assert_int_equal(read_ours("both.0").counters.requests[0][0], 1);
	assert_int_equal(read_ours("both.1").counters.requests[0][0], 2);
	assert_true(says("cruddur_requests_total{route=\"both\",method=\"GET\",status=\"200\"} 3"));
	assert_true(says("cruddur_workers_running{route=\"both\"} 2"));

	/* A new worker takes the first free file. */
	metrics_close(first);
	third = open_ours("both");
	metrics_answered(third, "GET", 200, 0, 1);
	assert_int_equal(read_ours("both.0").counters.requests[0][0], 2);
	metrics_close(second);
	metrics_close(third);
}

static void without_a_free_file_nothing_is_counted(void **state)
{
	struct metrics *many[METRICS_FILES_MAX], *one_more;

	(void)state;
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = open_ours("many");
	assert_int_equal(metrics_open(folder, "many", NOW_S, &one_more), ERR_UNAVAILABLE);
	for (size_t i = 0; i < COUNT(many); i++)
		metrics_close(many[i]);
}

/* A foreign file is never read as counters, and a worker replaces it by its own. */
static void a_foreign_file_is_ignored_and_replaced(void **state)
{
	static const struct metrics_file zeros[2];
	struct metrics_file ours, other;
	const struct {
		const char *what;
		const void *bytes;
		size_t len;
	} cases[] = {
		{"empty", "", 0},
		{"a word", "hello", 5},
		{"cut short", &ours, sizeof(ours) - 1},
		{"its head alone", &ours, sizeof(ours.head)},
		{"of another layout", &other, sizeof(other)},
		{"nothing but zeros", zeros, sizeof(ours)},
		{"too long", zeros, sizeof(zeros)},
	};
	struct metrics *metrics = open_ours("model");

	(void)state;
	metrics_answered(metrics, "GET", 200, 0, 1);
	ours = other = read_ours("model.0");
	other.head.layout++;
	metrics_close(metrics);

	for (size_t i = 0; i < COUNT(cases); i++) {
		write_file("foreign.0", cases[i].bytes, cases[i].len);
		assert_true(says("cruddur_metrics_files_ignored 1"));
		metrics = open_ours("foreign");
		assert_true(says("cruddur_metrics_files_ignored 0"));
		metrics_answered(metrics, "PUT", 204, 0, 1);
		assert_int_equal(read_ours("foreign.0").counters.requests[0][0], 0);
		assert_int_equal(read_ours("foreign.0").counters.requests[2][2], 1);
		metrics_close(metrics);
	}
}

static void files_with_other_names_are_ignored(void **state)
{
	static const char *const names[] = {
		"README", "a b.0",   "messages.x",   "messages.",
		".0",	  "UPPER.0", "messages.0.1", "a_name_of_more_than_thirty_two_letters.0"};
	struct metrics *metrics = open_ours("model");
	struct metrics_file ours = read_ours("model.0");
	char path[128], line[64];

	(void)state;
	metrics_close(metrics);
	for (size_t i = 0; i < COUNT(names); i++)
		write_file(names[i], &ours, sizeof(ours));
	path_of("folder.0", path);
	assert_int_equal(mkdir(path, 0700), 0);
	path_of("fifo.0", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	path_of("link.0", path);
	assert_int_equal(symlink("model.0", path), 0);
	/* .0 is hidden and not counted either */
	snprintf(line, sizeof(line), "cruddur_metrics_files_ignored %zu", COUNT(names) - 1 + 3);
	assert_true(says(line));
	{
		char *text = all(NULL);

		for (const char *at = text; (at = strstr(at, "route=\"")); at++)
			assert_memory_equal(at, "route=\"model\"", 13);
		free(text);
	}
}

static void without_a_folder_nothing_is_counted(void **state)
{
	struct metrics *metrics;

	(void)state;
	assert_int_equal(metrics_open("/dev/null", "any", NOW_S, &metrics), ERR_UNAVAILABLE);
	assert_int_equal(metrics_open("/nowhere/at/all", "any", NOW_S, &metrics), ERR_UNAVAILABLE);
	metrics_begin(NULL);
	metrics_answered(NULL, "GET", 200, 0, 1);
	metrics_call(NULL, OPERATION_USERS_BY_SUB, 1, true);
	metrics_event(NULL, METRICS_RETRY, DEP_DB);
	metrics_event(NULL, METRICS_BREAKER_OPENED, DEP_DB);
	metrics_event(NULL, METRICS_BREAKER_REFUSED, DEP_DB);
	metrics_keys_got(NULL, NOW_S);
	metrics_log_dropped(NULL);
	metrics_close(NULL);
}

static int open_files(void)
{
	DIR *listing = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(listing);
	while (readdir(listing))
		count++;
	closedir(listing);
	return count;
}

static void the_files_are_closed_again(void **state)
{
	struct metrics *metrics = open_ours("messages");
	int before = open_files();

	(void)state;
	free(all(NULL));
	assert_int_equal(open_files(), before);
	metrics_close(metrics);
}

static void the_oldest_of_two_workers_is_told(void **state)
{
	static const char *const programs[] = {"up", "down", "keyless"};

	(void)state;
	for (size_t i = 0; i < COUNT(programs); i++) {
		struct metrics *first = NULL, *second = NULL;
		bool up = i != 1;
		char line[128];

		assert_int_equal(metrics_open(folder, programs[i], up ? 100 : 200, &first), 0);
		assert_int_equal(metrics_open(folder, programs[i], up ? 200 : 100, &second), 0);
		if (i != 2) /* a worker that has no key set yet has no time */
			metrics_keys_got(first, up ? 300 : 400);
		metrics_keys_got(second, up ? 400 : 300);
		snprintf(line, sizeof(line),
			 "cruddur_workers_oldest_start_timestamp_seconds{route=\"%s\"} 100",
			 programs[i]);
		assert_true(says(line));
		snprintf(line, sizeof(line),
			 "cruddur_jwks_oldest_timestamp_seconds{route=\"%s\"} %d", programs[i],
			 i == 2 ? 400 : 300);
		assert_true(says(line));
		metrics_close(first);
		metrics_close(second);
	}
}

static void the_counters_of_the_hub_are_told_while_there_is_one(void **state)
{
	struct live_counters *counters;
	int lock;

	(void)state;
	assert_false(says("cruddur_live_running 0"));
	assert_int_equal(live_counters_open(folder, &counters), 0);
	lock = live_counters_lock(folder);
	assert_true(lock >= 0);
	counters->streams = 5;
	counters->deliveries = 6;
	counters->unpublished = 7;
	counters->closed[LIVE_CUT] = 8;
	counters->revoked = 3;
	counters->dropped = 9;
	assert_true(says("cruddur_live_running 1"));
	assert_true(says("cruddur_live_streams 5"));
	assert_true(says("cruddur_live_deliveries_total 6"));
	assert_true(says("cruddur_live_unpublished_total 7"));
	assert_true(says("cruddur_live_dropped_total 9"));
	assert_true(says("cruddur_live_closed_total{reason=\"cut\"} 8"));
	assert_true(says("cruddur_live_closed_total{reason=\"expired\"} 0"));
	assert_true(says("cruddur_live_closed_total{reason=\"revoked\"} 3"));
	close(lock);
	assert_true(says("cruddur_live_running 0"));
	assert_true(says("cruddur_live_streams 0"));
	assert_true(says("cruddur_live_deliveries_total 6"));
	live_counters_close(counters);
}

static void the_wanted_workers_come_from_the_pools_file(void **state)
{
	static const char pools[] =
		"messages 3\nhealth_check 1\nidle 0\nbad\nBAD 3\nmany 9999\nneg -1\n";
	char path[128];
	char *text;

	(void)state;
	write_file("pools", pools, sizeof(pools) - 1);
	path_of("pools", path);
	text = all(path);
	assert_non_null(strstr(text, "\ncruddur_workers_wanted{route=\"health_check\"} 1\n"
				     "cruddur_workers_wanted{route=\"idle\"} 0\n"
				     "cruddur_workers_wanted{route=\"messages\"} 3\n#"));
	/* a pool without workers is listed as well */
	assert_non_null(strstr(text, "\ncruddur_workers_running{route=\"messages\"} 0\n"));
	free(text);
}

static void external_values_are_escaped_or_omitted(void **state)
{
	struct exposition exposition = {.folder = folder, .version = "a\"b\\c\nd"};
	static const char *const bad[] = {"", "a b c d", "-1 2 3 4"};
	struct buf out = BUF_INIT(TEXT_MAX);

	(void)state;
	exposition.connections = "4 1 2 1";
	assert_int_equal(exposition_write(&exposition, &out), 0);
	assert_non_null(strstr(out.data, "{version=\"a\\\"b\\\\c\\nd\"} 1\n"));
	assert_non_null(strstr(out.data, "\ncruddur_nginx_connections{state=\"writing\"} 2\n"));
	for (size_t i = 0; i < COUNT(bad); i++) {
		buf_reset(&out);
		exposition.connections = bad[i];
		assert_int_equal(exposition_write(&exposition, &out), 0);
		assert_null(strstr(out.data, "nginx_connections{"));
	}
	buf_dispose(&out);
	out.max = 1000;
	assert_int_equal(exposition_write(&exposition, &out), ERR_NO_MEMORY);
	buf_dispose(&out);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(events_are_counted),
		IN_FOLDER(every_status_of_a_problem_has_a_counter),
		IN_FOLDER(a_bound_belongs_to_its_bucket),
		IN_FOLDER(counting_continues_after_a_restart),
		IN_FOLDER(two_workers_have_two_files_and_one_sum),
		IN_FOLDER(without_a_free_file_nothing_is_counted),
		IN_FOLDER(a_foreign_file_is_ignored_and_replaced),
		IN_FOLDER(files_with_other_names_are_ignored),
		IN_FOLDER(without_a_folder_nothing_is_counted),
		IN_FOLDER(the_files_are_closed_again),
		IN_FOLDER(the_oldest_of_two_workers_is_told),
		IN_FOLDER(the_counters_of_the_hub_are_told_while_there_is_one),
		IN_FOLDER(the_wanted_workers_come_from_the_pools_file),
		IN_FOLDER(external_values_are_escaped_or_omitted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
