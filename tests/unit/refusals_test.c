/* refusals_test.c - each line of nginx's file is counted once, over rotations and processes. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "run/refusals.h"

static char folder[64];
static char log_path[80];

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/cruddur-refusals-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(log_path, sizeof(log_path), "%s/refused", folder);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void append(const char *text)
{
	FILE *file = fopen(log_path, "a");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void rotate(void)
{
	char before[96];

	snprintf(before, sizeof(before), "%s.1", log_path);
	assert_int_equal(rename(log_path, before), 0);
}

static struct refusals counted(void)
{
	struct refusals refusals;

	assert_int_equal(refusals_count(folder, log_path, &refusals), 0);
	return refusals;
}

static uint64_t count_of(const struct refusals *refusals, const char *route, unsigned status)
{
	for (size_t i = 0; i < refusals->rows; i++)
		if (strcmp(refusals->row[i].route, route) == 0 && refusals->row[i].status == status)
			return refusals->row[i].count;
	return 0;
}

static void lines_are_counted_once(void **state)
{
	struct refusals seen;

	(void)state;
	assert_int_equal(counted().rows, 0); /* no file yet */
	append("messages 429\nnone 400\nmessages 429\nmessages 50");
	seen = counted();
	assert_int_equal(count_of(&seen, "messages", 429), 2);
	assert_int_equal(count_of(&seen, "none", 400), 1);
	assert_int_equal(seen.rows, 2); /* the last line is not whole */
	append("3\n");
	seen = counted();
	assert_int_equal(count_of(&seen, "messages", 503), 1);
	assert_int_equal(count_of(&seen, "messages", 429), 2);
	assert_int_equal(counted().rows, 3);
	assert_int_equal(counted().ignored, 0);
}

static void a_rotation_loses_no_line(void **state)
{
	struct refusals seen;

	(void)state;
	append("messages 429\n");
	counted();
	append("messages 503\n");
	rotate();
	seen = counted(); /* nginx has not reopened its file yet */
	assert_int_equal(count_of(&seen, "messages", 503), 1);
	append("messages 429\n");
	seen = counted();
	assert_int_equal(count_of(&seen, "messages", 429), 2);
	assert_int_equal(count_of(&seen, "messages", 503), 1);

	append("messages 429\n");
	rotate();
	append("messages 429\n");
	seen = counted();
	assert_int_equal(count_of(&seen, "messages", 429), 4);

	/* a truncated file is read from its start */
	assert_int_equal(truncate(log_path, 0), 0);
	counted();
	append("users_me 499\n");
	seen = counted();
	assert_int_equal(count_of(&seen, "users_me", 499), 1);
	assert_int_equal(count_of(&seen, "messages", 429), 4);
}

static void concurrent_readers_count_each_line_once(void **state)
{
	enum { READERS = 4, LINES = 2000 };
	struct refusals seen;
	pid_t pids[READERS];

	(void)state;
	for (int i = 0; i < READERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			for (int n = 0; n < 200; n++)
				if (refusals_count(folder, log_path, &seen) != 0)
					_exit(1);
			_exit(0);
		}
	}
	for (int i = 0; i < LINES; i++)
		append("messages 503\n");
	for (int i = 0; i < READERS; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	seen = counted();
	assert_int_equal(count_of(&seen, "messages", 503), LINES);
}

static void other_lines_and_damaged_files_do_no_harm(void **state)
{
	static const char *const bad[] = {
		"",	      "messages",     "messages 200",	"messages 600",
		"messages x", "Messages 429", "mess\"ages 429", "messages 429 1",
		" 429"};
	char long_line[70000];
	struct refusals seen;
	char path[96];
	int fd;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		append(bad[i]);
		append("\n");
	}
	append("messages 429\n");
	seen = counted();
	assert_int_equal(seen.ignored, COUNT(bad));
	assert_int_equal(seen.rows, 1);

	memset(long_line, 'a', sizeof(long_line) - 1);
	long_line[sizeof(long_line) - 1] = '\0';
	append(long_line);
	append("\nmessages 429\n");
	seen = counted();
	assert_int_equal(count_of(&seen, "messages", 429), 2);

	/* counts of another layout start from 0, with the file as it is */
	snprintf(path, sizeof(path), "%s/.refused", folder);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	close(fd);
	seen = counted();
	assert_int_equal(count_of(&seen, "messages", 429), 2);

	for (unsigned i = 0; i < REFUSALS_ROWS + 10; i++) {
		char line[32];

		snprintf(line, sizeof(line), "r%c%c %u\n", 'a' + i % 26, 'a' + i / 26 % 26, 400u);
		append(line);
	}
	seen = counted();
	assert_int_equal(seen.rows, REFUSALS_ROWS);
	assert_int_equal(refusals_count("/nonexistent", log_path, &seen), ERR_UNAVAILABLE);
	assert_int_equal(refusals_count(folder, folder, &seen), ERR_UNAVAILABLE);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(lines_are_counted_once),
		IN_FOLDER(a_rotation_loses_no_line),
		IN_FOLDER(concurrent_readers_count_each_line_once),
		IN_FOLDER(other_lines_and_damaged_files_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
