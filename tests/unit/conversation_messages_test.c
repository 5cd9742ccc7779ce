/* conversation_messages_test.c - the place of a page of messages, as a request names it. */
#include "unit.h"

#include "base/err.h"
#include "domain/conversation.h"
#include "web/problem.h"

#define SEVEN "019ab9e2-8d00-7f3c-9a51-3c6a2b7d4e80"
#define FOUR  "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"

static struct buf scratch = BUF_INIT(4096);

static int place_of(const char *query, struct message_place *place)
{
	static char *no_env[] = {NULL};
	const struct req req = {
		.method = "GET",
		.path = SLICE("/api/messages/x"),
		.query = slice_of(query),
		.env = no_env,
		.scratch = &scratch,
	};

	buf_reset(&scratch);
	return message_place_from_query(&req, place);
}

static int teardown(void **state)
{
	(void)state;
	buf_dispose(&scratch);
	return 0;
}

static void a_version_7_uuid_is_a_place(void **state)
{
	static const struct {
		const char *query;
		enum place_kind kind;
	} cases[] = {
		{"after=" SEVEN, PLACE_AFTER},
		{"limit=5&before=" SEVEN, PLACE_BEFORE},
		{"around=019AB9E2-8D00-7F3C-9A51-3C6A2B7D4E80", PLACE_AROUND},
	};
	int64_t us;

	(void)state;
	assert_int_equal(uuid_v7_time(SEVEN, &us), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct message_place place;

		assert_int_equal(place_of(cases[i].query, &place), 0);
		assert_int_equal(place.kind, cases[i].kind);
		assert_true(place.us == us);
	}
}

static void without_a_place_the_kind_says_so(void **state)
{
	static const char *const queries[] = {"", "limit=5", "cursor=x", "afters=" FOUR};
	struct message_place place;

	(void)state;
	for (size_t i = 0; i < COUNT(queries); i++) {
		assert_int_equal(place_of(queries[i], &place), 0);
		assert_int_equal(place.kind, PLACE_NONE);
	}
}

static void other_texts_are_refused_by_name(void **state)
{
	static const struct {
		const char *query;
		int problem;
	} cases[] = {
		{"after=" FOUR, PROBLEM_AFTER_INVALID},
		{"before=" FOUR, PROBLEM_BEFORE_INVALID},
		{"around=" FOUR, PROBLEM_AROUND_INVALID},
		{"after=", PROBLEM_AFTER_INVALID},
		{"before=x", PROBLEM_BEFORE_INVALID},
		{"around=" SEVEN "0", PROBLEM_AROUND_INVALID},
	};
	struct message_place place;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(place_of(cases[i].query, &place), cases[i].problem);
}

static void the_parameters_exclude_each_other(void **state)
{
	static const char *const queries[] = {
		"after=" SEVEN "&before=" SEVEN, "before=" SEVEN "&around=" SEVEN,
		"around=" FOUR "&cursor=x",	 "cursor=x&after=" SEVEN,
		"after=" SEVEN "&after=" SEVEN,
	};
	struct message_place place;

	(void)state;
	for (size_t i = 0; i < COUNT(queries); i++)
		assert_int_equal(place_of(queries[i], &place), PROBLEM_QUERY_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_7_uuid_is_a_place),
		cmocka_unit_test(without_a_place_the_kind_says_so),
		cmocka_unit_test(other_texts_are_refused_by_name),
		cmocka_unit_test(the_parameters_exclude_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
