/* relation_test.c - following a person, or no longer. */
#include "services.h"

#include "base/err.h"
#include "domain/relation.h"
#include "web/problem.h"

#define ME	"5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define BEN	"1b6a3c2d-7e4f-4a8b-9cad-2e3f4a5b6c72"
#define ADD	"follows_add|" ME "|Ben|400"
#define REMOVE	"follows_remove|" ME "|Ben"
#define FIND	"users_relation|" ME "|Ben"
#define COLUMNS .columns = "uuid handle following followed_by blocking muting"
#define RELATION(following)                                                                        \
	"{\"handle\":\"ben\",\"following\":" following                                             \
	",\"followed_by\":true,\"blocking\":false,\"muting\":false}"

static void a_person_is_followed_and_no_longer(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({ADD, .columns = "rest", .rows = "399"},
			  {FIND, COLUMNS, .rows = BEN "|ben|t|t|f|f"}, {.call = REMOVE},
			  {FIND, COLUMNS, .rows = BEN "|ben|f|t|f|f"}),
		       DYNAMODB_NONE);
	all.ctx.config.quotas[QUOTA_FOLLOWS] = 400;
	assert_int_equal(relation_follow(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_string_equal(all.resp.body.data, RELATION("true"));
	assert_string_equal(all.resp.limit.name, "follows");
	assert_int_equal(all.resp.limit.rest, 399);
	buf_reset(&all.resp.body);
	assert_int_equal(relation_unfollow(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_string_equal(all.resp.body.data, RELATION("false"));
	services_stop(&all);
}

static void a_repetition_tells_no_quota(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({ADD, .columns = "rest", .rows = "\\N"},
			  {FIND, COLUMNS, .rows = BEN "|ben|t|t|f|f"}),
		       DYNAMODB_NONE);
	all.ctx.config.quotas[QUOTA_FOLLOWS] = 400;
	assert_int_equal(relation_follow(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_null(all.resp.limit.name);
	services_stop(&all);
}

static void others_are_refused(void **state)
{
	static const struct {
		struct pgserver_step add, find;
		int result;
	} cases[] = {
		{{ADD, .state = "QUOTA", .message = "follows 77"}, {0}, PROBLEM_QUOTA_EXCEEDED},
		{{ADD, .state = "57014"}, {0}, ERR_UNAVAILABLE},
		{{ADD, .columns = "rest"}, {FIND, .state = "57014"}, ERR_UNAVAILABLE},
		{{ADD, .columns = "rest", .rows = "\\N"}, {FIND, COLUMNS}, ERR_NOT_FOUND},
		{{ADD, .columns = "rest", .rows = "\\N"},
		 {FIND, COLUMNS, .rows = ME "|ben|f|f|f|f"},
		 PROBLEM_INVALID},
		/* the caller is gone */
		{{ADD, .columns = "rest", .rows = "\\N"},
		 {FIND, COLUMNS, .rows = BEN "|ben|f|f|f|f"},
		 ERR_REFERENCE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct pgserver_step steps[] = {cases[i].add, cases[i].find};
		struct services all;

		services_start(&all, steps, cases[i].find.call ? 2 : 1, DYNAMODB_NONE);
		all.ctx.config.quotas[QUOTA_FOLLOWS] = 400;
		assert_int_equal(relation_follow(&all.ctx, ME, SLICE("Ben"), &all.resp),
				 cases[i].result);
		services_stop(&all);
	}
}

static void text_that_is_no_handle_is_not_looked_up(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG_NONE, DYNAMODB_NONE);
	assert_int_equal(relation_follow(&all.ctx, ME, SLICE("a b"), &all.resp), ERR_NOT_FOUND);
	assert_int_equal(relation_unfollow(&all.ctx, ME, SLICE(""), &all.resp), ERR_NOT_FOUND);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_is_followed_and_no_longer),
		cmocka_unit_test(a_repetition_tells_no_quota),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(text_that_is_no_handle_is_not_looked_up),
	};

	return cmocka_run_group_tests_name("relation", tests, NULL, NULL);
}
