/* quota_test.c - taking from a quota, giving back, and what the answer tells. */
#include "services.h"

#include "base/err.h"
#include "domain/quota.h"
#include "web/problem.h"

#define ME "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"

static void a_quota_is_a_parameter_unless_it_is_off(void **state)
{
	struct ctx ctx = {.config.quotas[QUOTA_CRUDS] = 300};
	char text[QUOTA_TEXT_SIZE];

	(void)state;
	assert_string_equal(quota_text(&ctx, QUOTA_CRUDS, text), "300");
	assert_null(quota_text(&ctx, QUOTA_PROFILE, text));
}

static void the_rest_is_told(void **state)
{
	struct ctx ctx = {.config.quotas[QUOTA_CRUDS] = 300};
	struct resp resp = {0};

	(void)state;
	quota_tell(&ctx, QUOTA_CRUDS, (struct slice){0}, &resp);
	assert_null(resp.limit.name);
	quota_tell(&ctx, QUOTA_CRUDS, SLICE("12"), &resp);
	assert_string_equal(resp.limit.name, "cruds");
	assert_int_equal(resp.limit.most, 300);
	assert_int_equal(resp.limit.window_s, 86400);
	assert_int_equal(resp.limit.rest, 12);
	assert_int_equal(resp.limit.reset_s, 0);
}

static void a_use_is_taken(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"quotas_take|" ME "|new_people|50", .columns = "rest", .rows = "49"},
			  {"quotas_take|" ME "|new_people|50", .state = "QUOTA",
			   .message = "new_people 77"},
			  {"quotas_take|" ME "|new_people|50", .state = "QUOTA", .message = "odd"},
			  {"quotas_take|" ME "|new_people|50", .state = "23503"}),
		       DYNAMODB_NONE);
	assert_int_equal(quota_take(&all.ctx, ME, QUOTA_NEW_PEOPLE, &all.resp), 0);
	assert_null(all.resp.limit.name);
	all.ctx.config.quotas[QUOTA_NEW_PEOPLE] = 50;
	assert_int_equal(quota_take(&all.ctx, ME, QUOTA_NEW_PEOPLE, &all.resp), 0);
	assert_string_equal(all.resp.limit.name, "new_people");
	assert_int_equal(all.resp.limit.rest, 49);
	assert_int_equal(quota_take(&all.ctx, ME, QUOTA_NEW_PEOPLE, &all.resp),
			 PROBLEM_QUOTA_EXCEEDED);
	assert_int_equal(all.resp.limit.reset_s, 77);
	assert_int_equal(all.resp.limit.most, 50);
	assert_int_equal(all.resp.limit.rest, 0);
	assert_int_equal(quota_take(&all.ctx, ME, QUOTA_NEW_PEOPLE, &all.resp), ERR_INTERNAL);
	assert_int_equal(quota_take(&all.ctx, ME, QUOTA_NEW_PEOPLE, &all.resp), ERR_REFERENCE);
	services_stop(&all);
}

static void a_use_is_given_back_and_may_fail(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({.call = "quotas_give_back|" ME "|profile"},
			  {"quotas_give_back|" ME "|profile", .state = "57014"}),
		       DYNAMODB_NONE);
	quota_give_back(&all.ctx, ME, QUOTA_PROFILE); /* it is off */
	all.ctx.config.quotas[QUOTA_PROFILE] = 20;
	quota_give_back(&all.ctx, ME, QUOTA_PROFILE);
	quota_give_back(&all.ctx, ME, QUOTA_PROFILE);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quota_is_a_parameter_unless_it_is_off),
		cmocka_unit_test(the_rest_is_told),
		cmocka_unit_test(a_use_is_taken),
		cmocka_unit_test(a_use_is_given_back_and_may_fail),
	};

	return cmocka_run_group_tests_name("quota", tests, NULL, NULL);
}
