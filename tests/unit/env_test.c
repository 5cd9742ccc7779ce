/* env_test.c - an empty variable counts as one that is not set; a secret may be in a file. */
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#include "base/env.h"
#include "base/err.h"

static void an_empty_variable_is_not_set(void **state)
{
	(void)state;
	setenv("CRUDDUR_TEST", "value", 1);
	assert_string_equal(env_get("CRUDDUR_TEST"), "value");
	setenv("CRUDDUR_TEST", " ", 1);
	assert_string_equal(env_get("CRUDDUR_TEST"), " ");
	setenv("CRUDDUR_TEST", "", 1);
	assert_null(env_get("CRUDDUR_TEST"));
	unsetenv("CRUDDUR_TEST");
	assert_null(env_get("CRUDDUR_TEST"));
}

/* Set CRUDDUR_TEST_FILE to a file with these bytes, and read it. */
static int read_bytes(const char *bytes, size_t len, struct note *problem)
{
	char path[] = "/tmp/cr-env-XXXXXX";
	int fd = mkstemp(path);
	int r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
	unsetenv("CRUDDUR_TEST");
	setenv("CRUDDUR_TEST_FILE", path, 1);
	note_clear(problem);
	r = env_read_file("CRUDDUR_TEST", problem);
	unlink(path);
	return r;
}

static void a_file_gives_the_value_without_the_line_break_at_its_end(void **state)
{
	static const struct {
		const char *bytes, *value;
	} cases[] = {
		{"secret", "secret"},
		{"secret\n", "secret"},
		{"secret\r\n", "secret"},
		{" secret ", " secret "},
	};
	char large[ENV_FILE_MAX];
	struct note problem;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(read_bytes(cases[i].bytes, strlen(cases[i].bytes), &problem), 0);
		assert_string_equal(env_get("CRUDDUR_TEST"), cases[i].value);
		assert_null(env_get("CRUDDUR_TEST_FILE"));
		assert_string_equal(problem.text, "");
	}
	memset(large, 'x', sizeof(large));
	assert_int_equal(read_bytes(large, sizeof(large), &problem), 0);
	assert_int_equal(strlen(env_get("CRUDDUR_TEST")), sizeof(large));
}

static void a_file_that_is_no_secret_is_refused_by_name(void **state)
{
	static char large[ENV_FILE_MAX + 1];
	struct note problem;

	(void)state;
	memset(large, 'x', sizeof(large));
	const struct {
		const char *bytes;
		size_t len;
		const char *why;
	} cases[] = {
		{"", 0, "is empty"},
		{"\n", 1, "is empty"},
		{"one\ntwo\n", 8, "more than one line"},
		{"secret\n\n", 8, "more than one line"},
		{"sec\0ret", 7, "more than one line"},
		{large, sizeof(large), "is too long"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(read_bytes(cases[i].bytes, cases[i].len, &problem), ERR_INVALID);
		assert_non_null(strstr(problem.text, "CRUDDUR_TEST_FILE"));
		assert_non_null(strstr(problem.text, cases[i].why));
		assert_null(env_get("CRUDDUR_TEST"));
	}
	note_clear(&problem);
	setenv("CRUDDUR_TEST_FILE", "/nonexistent/secret", 1);
	assert_int_equal(env_read_file("CRUDDUR_TEST", &problem), ERR_INVALID);
	assert_non_null(strstr(problem.text, "CRUDDUR_TEST_FILE names a file that cannot be read"));
}

static void a_variable_and_its_file_exclude_each_other(void **state)
{
	struct note problem = {{0}};

	(void)state;
	setenv("CRUDDUR_TEST", "value", 1);
	setenv("CRUDDUR_TEST_FILE", "/dev/null", 1);
	assert_int_equal(env_read_file("CRUDDUR_TEST", &problem), ERR_INVALID);
	assert_string_equal(problem.text, "CRUDDUR_TEST and CRUDDUR_TEST_FILE are both set");
	setenv("CRUDDUR_TEST_FILE", "", 1);
	assert_int_equal(env_read_file("CRUDDUR_TEST", &problem), 0);
	assert_string_equal(env_get("CRUDDUR_TEST"), "value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_variable_is_not_set),
		cmocka_unit_test(a_file_gives_the_value_without_the_line_break_at_its_end),
		cmocka_unit_test(a_file_that_is_no_secret_is_refused_by_name),
		cmocka_unit_test(a_variable_and_its_file_exclude_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
