/* relation_test.c - following, muting and blocking a person, or no longer. */
#include "services.h"

#include "base/err.h"
#include "domain/relation.h"
#include "web/problem.h"

#define ME	"5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define BEN	"1b6a3c2d-7e4f-4a8b-9cad-2e3f4a5b6c72"
#define ADD	"follows_add|" ME "|Ben|400"
#define REMOVE	"follows_remove|" ME "|Ben"
#define FIND	"users_relation|" ME "|Ben"
#define COLUMNS .columns = "uuid handle following followed_by blocking muting closed"
#define RELATION(following)                                                                        \
	"{\"handle\":\"ben\",\"following\":" following                                             \
	",\"followed_by\":true,\"blocking\":false,\"muting\":false}"

static void a_person_is_followed_and_no_longer(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({ADD, .columns = "rest", .rows = "399"},
			  {FIND, COLUMNS, .rows = BEN "|ben|t|t|f|f|f"}, {.call = REMOVE},
			  {FIND, COLUMNS, .rows = BEN "|ben|f|t|f|f|f"}),
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
			  {FIND, COLUMNS, .rows = BEN "|ben|t|t|f|f|f"}),
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
		 {FIND, COLUMNS, .rows = ME "|ben|f|f|f|f|f"},
		 PROBLEM_INVALID},
		/* one blocks the other */
		{{ADD, .columns = "rest", .rows = "\\N"},
		 {FIND, COLUMNS, .rows = BEN "|ben|f|f|f|f|t"},
		 ERR_NOT_FOUND},
		/* the caller is gone */
		{{ADD, .columns = "rest", .rows = "\\N"},
		 {FIND, COLUMNS, .rows = BEN "|ben|f|f|f|f|f"},
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

static void a_person_is_muted_and_no_longer(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({.call = "barriers_mute|" ME "|Ben"},
			  {FIND, COLUMNS, .rows = BEN "|ben|f|f|f|t|f"},
			  {.call = "barriers_unmute|" ME "|Ben"},
			  {FIND, COLUMNS, .rows = BEN "|ben|f|f|f|f|f"},
			  {.call = "barriers_mute|" ME "|Ben"},
			  {FIND, COLUMNS, .rows = BEN "|ben|f|f|f|f|f"}),
		       DYNAMODB_NONE);
	assert_int_equal(relation_mute(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, "\"muting\":true"));
	buf_reset(&all.resp.body);
	assert_int_equal(relation_unmute(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, "\"muting\":false"));
	/* the caller is gone */
	assert_int_equal(relation_mute(&all.ctx, ME, SLICE("Ben"), &all.resp), ERR_REFERENCE);
	services_stop(&all);
}

#define BLOCK	"barriers_block|" ME "|Ben"
#define UNBLOCK "barriers_unblock|" ME "|Ben"
#define IS(blocking)                                                                               \
	{                                                                                          \
		FIND, COLUMNS, .rows = BEN "|ben|f|f|" blocking "|f|" blocking                     \
	}
#define GROUP "33333333-3333-4333-8333-333333333333"
#define NO_PAIR                                                                                    \
	{                                                                                          \
		"GetItem", {"\"PAIR#" BEN "#" ME "\""}, .body = "{}"                               \
	}
#define PAIR                                                                                       \
	{                                                                                          \
		"GetItem", {"PAIR#"}, .body = "{\"Item\":{\"group_uuid\":{\"S\":\"" GROUP "\"}}}"  \
	}
#define CLOSED_PAIR                                                                                \
	{                                                                                          \
		"GetItem", {"PAIR#"}, .body = "{\"Item\":{\"blocked_by\":{\"SS\":[\"" ME "\"]}}}"  \
	}
#define CHANGE(key, change)                                                                        \
	{                                                                                          \
		"UpdateItem", {key, "\"" change " blocked_by :me\"", "{\"SS\":[\"" ME "\"]}"},     \
			.body = "{}"                                                               \
	}
#define FAILED .status = 400, .body = "{\"__type\":\"ConditionalCheckFailedException\"}"

static void a_block_is_written_to_the_pair_without_a_conversation(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({.call = BLOCK}, IS("t"), IS("t"), {.call = UNBLOCK}, IS("f"), IS("f")),
		       DYNAMODB(NO_PAIR, CHANGE("PAIR#", "ADD"), CLOSED_PAIR,
				CHANGE("PAIR#", "DELETE")));
	assert_int_equal(relation_block(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, "\"blocking\":true,\"muting\":false}"));
	buf_reset(&all.resp.body);
	assert_int_equal(relation_unblock(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, "\"blocking\":false"));
	services_stop(&all);
}

static void a_block_is_written_to_both_rows_of_a_conversation(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({.call = BLOCK}, IS("t"), IS("t"), {.call = BLOCK}, IS("t"), IS("t")),
		       DYNAMODB(PAIR, CHANGE("GRP#" ME, "ADD"), CHANGE("GRP#" BEN, "ADD"),
				/* begins in between; a row is missing */
				NO_PAIR, {"UpdateItem", {"PAIR#"}, FAILED}, PAIR,
				{"UpdateItem", {"GRP#" ME}, FAILED},
				{"UpdateItem", {"REQ#" ME}, FAILED},
				{"UpdateItem", {"GRP#" ME}, FAILED}, CHANGE("GRP#" BEN, "ADD")));
	assert_int_equal(relation_block(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_int_equal(relation_block(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	services_stop(&all);
}

/* Ben has not accepted the conversation, or does so in between. */
static void a_block_is_written_to_a_row_that_waits(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({.call = BLOCK}, IS("t"), IS("t"), {.call = BLOCK}, IS("t"), IS("t")),
		       DYNAMODB(PAIR, CHANGE("GRP#" ME, "ADD"),
				{"UpdateItem", {"GRP#" BEN}, FAILED}, CHANGE("REQ#" BEN, "ADD"),
				PAIR, CHANGE("GRP#" ME, "ADD"),
				{"UpdateItem", {"GRP#" BEN}, FAILED},
				{"UpdateItem", {"REQ#" BEN}, FAILED}, CHANGE("GRP#" BEN, "ADD")));
	assert_int_equal(relation_block(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_int_equal(relation_block(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	services_stop(&all);
}

static void a_block_that_changes_in_between_is_written_again(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({.call = BLOCK}, IS("t"), IS("f"), IS("f"), {.call = UNBLOCK}, IS("f"),
			  IS("t"), IS("f"), IS("t"), IS("f"), IS("t")),
		       DYNAMODB(NO_PAIR, CHANGE("PAIR#", "ADD"), CLOSED_PAIR,
				CHANGE("PAIR#", "DELETE"), CLOSED_PAIR, CHANGE("PAIR#", "DELETE"),
				CLOSED_PAIR, CHANGE("PAIR#", "ADD"), CLOSED_PAIR,
				CHANGE("PAIR#", "DELETE"), CLOSED_PAIR, CHANGE("PAIR#", "ADD"),
				CLOSED_PAIR, CHANGE("PAIR#", "DELETE")));
	assert_int_equal(relation_block(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, "\"blocking\":false"));
	assert_int_equal(relation_unblock(&all.ctx, ME, SLICE("Ben"), &all.resp), ERR_OVERLOADED);
	services_stop(&all);
}

static void a_block_that_is_not_in_both_stores_is_no_success(void **state)
{
	static const struct {
		struct pgserver_step steps[3];
		size_t count;
		int result;
	} cases[] = {
		{{{BLOCK, .state = "57014"}}, 1, ERR_UNAVAILABLE},
		{{{.call = BLOCK}, {FIND, COLUMNS}}, 2, ERR_NOT_FOUND},
		{{{.call = BLOCK}, {FIND, COLUMNS, .rows = ME "|ben|f|f|f|f|f"}},
		 2,
		 PROBLEM_INVALID},
		/* the caller is gone */
		{{{.call = BLOCK}, IS("f")}, 2, ERR_REFERENCE},
	};
	struct services all;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		services_start(&all, cases[i].steps, cases[i].count, DYNAMODB_NONE);
		assert_int_equal(relation_block(&all.ctx, ME, SLICE("Ben"), &all.resp),
				 cases[i].result);
		services_stop(&all);
	}
	services_start(&all, PG({.call = BLOCK}, IS("t")),
		       DYNAMODB({"GetItem",
				 {"PAIR#"},
				 .status = 400,
				 .body = "{\"__type\":\"AccessDeniedException\"}"}));
	assert_int_equal(relation_block(&all.ctx, ME, SLICE("Ben"), &all.resp), ERR_UNAVAILABLE);
	services_stop(&all);
	/* no item, and nothing to remove */
	services_start(&all, PG({.call = UNBLOCK}, IS("f"), IS("f")),
		       DYNAMODB(NO_PAIR, {"UpdateItem", {"PAIR#"}, FAILED}, NO_PAIR));
	assert_int_equal(relation_unblock(&all.ctx, ME, SLICE("Ben"), &all.resp), 0);
	services_stop(&all);
}

static void text_that_is_no_handle_is_not_looked_up(void **state)
{
	struct services all;

	(void)state;
	services_start(&all, PG_NONE, DYNAMODB_NONE);
	assert_int_equal(relation_follow(&all.ctx, ME, SLICE("a b"), &all.resp), ERR_NOT_FOUND);
	assert_int_equal(relation_unfollow(&all.ctx, ME, SLICE(""), &all.resp), ERR_NOT_FOUND);
	assert_int_equal(relation_mute(&all.ctx, ME, SLICE("a b"), &all.resp), ERR_NOT_FOUND);
	assert_int_equal(relation_block(&all.ctx, ME, SLICE("a b"), &all.resp), ERR_NOT_FOUND);
	services_stop(&all);
}

#define PERSON "uuid handle display_name bio cruds_count followers_count following_count "
#define PEOPLE .columns = PERSON "following followed_by blocking muting created_at"
#define CID    "2c7b4d3e-8f5a-4b9c-adbe-3f4a5b6c7d83"
#define OF_BEN BEN "|ben|Ben|\\N|1|2|3|t|f|f|f|1795348800000001"
#define OF_CID CID "|cid|Cid|hi|0|0|0|f|t|f|f|1795348800000000"
#define FIRST  "|infinity|ffffffff-ffff-ffff-ffff-ffffffffffff|2"
#define JSON_OF_BEN                                                                                \
	"\"uuid\":\"" BEN "\",\"handle\":\"ben\",\"display_name\":\"Ben\",\"bio\":null,"           \
	"\"cruds_count\":1,\"followers_count\":2,\"following_count\":3"

static void people_are_listed_by_pages(void **state)
{
	static const struct page first = {.kind = &relation_followers_page,
					  .limit = 1,
					  .path = {"/p", 2}};
	static const struct page bad = {.kind = &relation_followers_page,
					.limit = 1,
					.has_cursor = true,
					.fields = {"x", "y"}};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"follows_followers|\\N|Ada" FIRST, PEOPLE, .rows = OF_BEN "\n" OF_CID},
			  {"follows_following|" ME "|Ada" FIRST, PEOPLE, .rows = OF_BEN},
			  {"follows_following|" ME "|Ada" FIRST, PEOPLE,
			   .rows = "\\N|\\N|\\N|\\N|0|0|0|f|f|f|f|\\N"},
			  {"follows_followers|\\N|Ada" FIRST, PEOPLE},
			  {"follows_followers|\\N|Ada" FIRST, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(relation_followers(all.ctx.db, "", SLICE("Ada"), &first, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[{" JSON_OF_BEN ",\"avatar_url\":null}]");
	services_check_link(&all, "next", "followers|2026-11-22T12:00:00.000001+00:00|" BEN);
	buf_reset(&all.resp.body);
	buf_reset(&all.resp.headers);
	assert_int_equal(relation_following(all.ctx.db, ME, SLICE("Ada"), &first, &all.resp), 0);
	assert_string_equal(all.resp.body.data,
			    "[{" JSON_OF_BEN ",\"following\":true,\"followed_by\":false,"
			    "\"blocking\":false,\"muting\":false,\"avatar_url\":null}]");
	assert_int_equal(all.resp.headers.len, 0);
	buf_reset(&all.resp.body);
	assert_int_equal(relation_following(all.ctx.db, ME, SLICE("Ada"), &first, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[]");
	assert_int_equal(relation_followers(all.ctx.db, "", SLICE("Ada"), &first, &all.resp),
			 ERR_NOT_FOUND);
	assert_int_equal(relation_followers(all.ctx.db, "", SLICE("Ada"), &first, &all.resp),
			 ERR_UNAVAILABLE);
	assert_int_equal(relation_followers(all.ctx.db, "", SLICE("a a"), &first, &all.resp),
			 ERR_NOT_FOUND);
	assert_int_equal(relation_followers(all.ctx.db, "", SLICE("Ada"), &bad, &all.resp),
			 PROBLEM_CURSOR_INVALID);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_person_is_followed_and_no_longer),
		cmocka_unit_test(a_person_is_muted_and_no_longer),
		cmocka_unit_test(a_block_is_written_to_the_pair_without_a_conversation),
		cmocka_unit_test(a_block_is_written_to_both_rows_of_a_conversation),
		cmocka_unit_test(a_block_is_written_to_a_row_that_waits),
		cmocka_unit_test(a_block_that_changes_in_between_is_written_again),
		cmocka_unit_test(a_block_that_is_not_in_both_stores_is_no_success),
		cmocka_unit_test(a_repetition_tells_no_quota),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(text_that_is_no_handle_is_not_looked_up),
		cmocka_unit_test(people_are_listed_by_pages),
	};

	return cmocka_run_group_tests_name("relation", tests, NULL, NULL);
}
