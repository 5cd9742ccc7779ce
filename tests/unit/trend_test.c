/* trend_test.c - the tags that most people use. */
#include "services.h"

#include "base/err.h"
#include "domain/trend.h"

#define ME "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"

static void tags_are_listed_with_their_counts(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"trends_list|" ME, .columns = "tag cruds_count people_count",
			   .rows = "sunrise|12|7\nété|3|3"},
			  {"trends_list|\\N", .columns = "tag cruds_count people_count"},
			  {"trends_list|\\N", .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(trend_list(all.ctx.db, ME, &all.resp), 0);
	assert_string_equal(all.resp.body.data,
			    "[{\"tag\":\"sunrise\",\"cruds_count\":12,\"people_count\":7},"
			    "{\"tag\":\"été\",\"cruds_count\":3,\"people_count\":3}]");
	assert_int_equal(trend_list(all.ctx.db, "", &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[]");
	assert_int_equal(trend_list(all.ctx.db, "", &all.resp), ERR_UNAVAILABLE);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_listed_with_their_counts),
	};

	return cmocka_run_group_tests_name("trend", tests, NULL, NULL);
}
