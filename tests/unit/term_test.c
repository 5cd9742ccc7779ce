/* term_test.c - what a request searches for. */
#include "unit.h"

#include "base/err.h"
#include "limit.h"
#include "web/problem.h"
#include "web/term.h"

static struct buf scratch = BUF_INIT(4096);
static char *no_env[] = {NULL};

static int read_term(const char *query, struct resp *resp, struct slice *ret_term)
{
	const struct req req = {
		.method = "GET",
		.path = SLICE("/api/things"),
		.query = slice_of(query),
		.env = no_env,
		.scratch = &scratch,
	};

	buf_reset(&scratch);
	return term_read(&req, resp, ret_term);
}

static int teardown(void **state)
{
	(void)state;
	buf_dispose(&scratch);
	return 0;
}

static void a_term_is_trimmed(void **state)
{
	static const struct {
		const char *query, *term;
	} cases[] = {{"term=a", "a"},
		     {"limit=1&term=+%E3%80%80a+b%20", "a b"},
		     {"term=%23x", "#x"}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct resp resp = {0};
		struct slice term;

		assert_int_equal(read_term(cases[i].query, &resp, &term), 0);
		assert_true(slice_is(term, cases[i].term));
	}
}

static void a_term_is_neither_blank_nor_long(void **state)
{
	char longest[LIMIT_SEARCH_TERM + 16] = "term=";
	struct resp resp = {0};
	struct slice term = SLICE("before");

	(void)state;
	memset(longest + 5, 'a', LIMIT_SEARCH_TERM);
	assert_int_equal(read_term(longest, &resp, &term), 0);
	assert_int_equal(term.len, LIMIT_SEARCH_TERM);

	longest[5 + LIMIT_SEARCH_TERM] = 'a';
	term = SLICE("before");
	assert_int_equal(read_term(longest, &resp, &term), PROBLEM_INVALID);
	assert_int_equal(read_term("", &resp, &term), PROBLEM_INVALID);
	assert_int_equal(read_term("term=+", &resp, &term), PROBLEM_INVALID);
	assert_int_equal(read_term("term=%ff", &resp, &term), PROBLEM_QUERY_INVALID);
	assert_int_equal(read_term("term=a&term=b", &resp, &term), PROBLEM_QUERY_INVALID);
	assert_true(slice_is(term, "before"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_term_is_trimmed),
		cmocka_unit_test(a_term_is_neither_blank_nor_long),
	};

	return cmocka_run_group_tests_name("term", tests, NULL, teardown);
}
