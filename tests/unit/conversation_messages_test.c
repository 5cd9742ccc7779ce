/* conversation_messages_test.c - the place of a page of messages, its messages, and its links. */
#include "conversations.h"

#include "base/err.h"
#include "domain/conversation.h"
#include "domain/conversation_members.h"
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
	static const char *const queries[] = {"", "limit=5", "cursor=x", ("afters=" FOUR)};
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

/* --- pages ----------------------------------------------------------------------------------- */

#define MINE(at, uuid)                                                                             \
	"{\"uuid\":\"" uuid "\",\"display_name\":\"Me\",\"handle\":\"me\",\"message\":\"hi\","     \
	"\"created_at\":\"" at "\"}"
#define THEIRS(at, uuid)                                                                           \
	"{\"uuid\":\"" uuid "\",\"display_name\":\"Other\",\"handle\":\"other\",\"message\":null," \
	"\"created_at\":\"" at "\",\"deleted_at\":\"" AT3 "\"}"
#define MESSAGE1 MESSAGE(AT1, UUID1, ME)
#define MESSAGE2 TOMBSTONE(AT2, UUID2, OTHER)
#define MESSAGE3 MESSAGE(AT3, UUID3, ME)
#define JSON1	 MINE(AT1, UUID1)
#define JSON2	 THEIRS(AT2, UUID2)
#define JSON3	 MINE(AT3, UUID3)
#define BOTH	 "users_names|{" ME "," OTHER "}"
#define OLDER_OF(limit)                                                                            \
	OF_GROUP, "\"ScanIndexForward\":false", "\"Limit\":" limit ",", "ProjectionExpression"
#define NEWER_OF(limit)                                                                            \
	OF_GROUP, "\"ScanIndexForward\":true", "\"Limit\":" limit ",", "ProjectionExpression"

/* A page, what DynamoDB answers, and what is written. */
struct page_case {
	int limit;
	enum place_kind kind;
	const char *direction, *at; /* of a cursor */
	const char *body, *next, *prev;
};

static void check_page(const struct page_case *one, const struct dynamodb_step *steps, size_t count)
{
	const struct page page = {.kind = &conversation_messages_page,
				  .limit = one->limit,
				  .path = SLICE("/p"),
				  .has_cursor = one->direction,
				  .fields = {one->direction, one->at}};
	struct message_place place = {.kind = one->kind};
	struct services all;

	assert_int_equal(uuid_v7_time(UUID2, &place.us), 0);
	services_start(&all, PG({BOTH, .columns = NAMES_COLUMNS, .rows = NAMES}), steps, count);
	conversation_remember(all.ctx.conversations, GROUP, ME, OTHER);
	assert_int_equal(conversation_messages(&all.ctx, ME, GROUP, &page, &place, &all.resp), 0);
	assert_string_equal(all.resp.body.data, one->body);
	assert_int_equal(services_has_link(&all), one->next || one->prev);
	if (one->next)
		services_check_link(&all, "next", one->next);
	else if (one->prev)
		assert_null(strstr(all.resp.headers.data, "rel=\"next\""));
	if (one->prev)
		services_check_link(&all, "prev", one->prev);
	else if (one->next)
		assert_null(strstr(all.resp.headers.data, "rel=\"prev\""));
	services_stop(&all);
}

static void the_newest_messages_come_first(void **state)
{
	(void)state;
	check_page(&(struct page_case){2, PLACE_NONE, NULL, NULL, "[" JSON2 "," JSON3 "]",
				       "messages|older|" AT2, NULL},
		   DYNAMODB({"Query",
			     {OLDER_OF("3"), "!:before"},
			     .body = ITEMS(MESSAGE3 "," MESSAGE2 "," MESSAGE1)}));
	check_page(&(struct page_case){3, PLACE_NONE, NULL, NULL, "[" JSON1 "," JSON2 "," JSON3 "]",
				       NULL, NULL},
		   DYNAMODB({"Query",
			     {OLDER_OF("4")},
			     .body = ITEMS(MESSAGE3 "," MESSAGE2 "," MESSAGE1)}));
	check_page(&(struct page_case){3, PLACE_NONE, NULL, NULL, "[]", NULL, NULL},
		   DYNAMODB({"Query", .body = ITEMS("")}));
}

static void a_cursor_continues_in_its_direction(void **state)
{
	(void)state;
	check_page(&(struct page_case){1, PLACE_NONE, "older", AT3, "[" JSON2 "]",
				       "messages|older|" AT2, "messages|prev|" AT2},
		   DYNAMODB({"Query",
			     {OLDER_OF("2"), "\":before\":{\"S\":\"" AT3 "\"}"},
			     .body = ITEMS(MESSAGE2 "," MESSAGE1)}));
	check_page(&(struct page_case){1, PLACE_NONE, "older", AT3, "[]", NULL, NULL},
		   DYNAMODB({"Query", .body = ITEMS("")}));
	check_page(&(struct page_case){1, PLACE_NONE, "prev", AT1, "[" JSON2 "]",
				       "messages|older|" AT2, "messages|prev|" AT2},
		   DYNAMODB({"Query",
			     {NEWER_OF("2"), "\":after\":{\"S\":\"" AT1 "\"}"},
			     .body = ITEMS(MESSAGE2 "," MESSAGE3)}));
	check_page(&(struct page_case){1, PLACE_NONE, "prev", AT2, "[" JSON3 "]",
				       "messages|older|" AT3, NULL},
		   DYNAMODB({"Query", .body = ITEMS(MESSAGE3)}));
	check_page(&(struct page_case){1, PLACE_NONE, "newer", AT1, "[" JSON2 "]",
				       "messages|newer|" AT2, "messages|prev|" AT2},
		   DYNAMODB({"Query", {NEWER_OF("2")}, .body = ITEMS(MESSAGE2 "," MESSAGE3)}));
	check_page(&(struct page_case){1, PLACE_NONE, "newer", AT2, "[" JSON3 "]", NULL, NULL},
		   DYNAMODB({"Query", .body = ITEMS(MESSAGE3)}));
}

#define BEFORE2 "\":before\":{\"S\":\"" AT2 "\"}"
/* a microsecond earlier, so that the message itself is on the newer side */
#define FROM2 "\":after\":{\"S\":\"2025-11-25T07:20:23.552999+00:00\"}"

static void a_place_has_messages_on_its_sides(void **state)
{
	(void)state;
	check_page(&(struct page_case){1, PLACE_AFTER, NULL, NULL, "[" JSON3 "]", NULL, NULL},
		   DYNAMODB({"Query",
			     {NEWER_OF("2"), "\":after\":{\"S\":\"" AT2 "\"}"},
			     .body = ITEMS(MESSAGE3)}));
	check_page(
		&(struct page_case){2, PLACE_AROUND, NULL, NULL, "[" JSON1 "," JSON2 "]", NULL,
				    "messages|prev|" AT2},
		DYNAMODB({"Query", {OLDER_OF("2"), BEFORE2}, .body = ITEMS(MESSAGE1)},
			 {"Query", {NEWER_OF("2"), FROM2}, .body = ITEMS(MESSAGE2 "," MESSAGE3)}));
	/* half of a page of 1 is 0 */
	check_page(
		&(struct page_case){1, PLACE_AROUND, NULL, NULL, "[" JSON2 "]",
				    "messages|older|" AT2, "messages|prev|" AT2},
		DYNAMODB({"Query", {OLDER_OF("1"), BEFORE2}, .body = ITEMS(MESSAGE1)},
			 {"Query", {NEWER_OF("2"), FROM2}, .body = ITEMS(MESSAGE2 "," MESSAGE3)}));
	check_page(&(struct page_case){1, PLACE_BEFORE, NULL, NULL, "[" JSON1 "]", NULL,
				       "messages|prev|2025-11-25T07:20:23.552999+00:00"},
		   DYNAMODB({"Query", {OLDER_OF("2"), BEFORE2}, .body = ITEMS(MESSAGE1)},
			    {"Query", {NEWER_OF("1"), FROM2}, .body = ITEMS(MESSAGE2)}));
}

static void names_of_people_who_are_gone_come_from_the_messages(void **state)
{
	const struct page page = {.kind = &conversation_messages_page, .limit = 2};
	const struct message_place place = {.kind = PLACE_NONE};
	struct services all;

	(void)state;
	services_start(
		&all, PG({BOTH, .columns = NAMES_COLUMNS, .rows = OTHER "|other|Other|t"}),
		DYNAMODB(
			{"Query", {"ProjectionExpression"}, .body = ITEMS(MESSAGE1)},
			{"Query",
			 {"!ProjectionExpression"},
			 .body = ITEMS(
				 "{" STRING("sk", AT1) "," STRING("message_uuid", UUID1) "," STRING(
					 "user_uuid",
					 ME) "," STRING("user_handle",
							"me") "," STRING("user_display_name",
									 "Me") "," STRING("message",
											  "hi") "}")}));
	conversation_remember(all.ctx.conversations, GROUP, ME, OTHER);
	assert_int_equal(conversation_messages(&all.ctx, ME, GROUP, &page, &place, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON1 "]");
	services_stop(&all);
}

static void a_page_can_fail(void **state)
{
	static const char *const cursors[][2] = {{"sideways", AT1},
						 {"older", "never"},
						 {"newer", ""}};
	struct page page = {.kind = &conversation_messages_page, .limit = 1};
	const struct message_place place = {.kind = PLACE_NONE};
	struct services all;

	(void)state;
	services_start(
		&all, PG({BOTH, .state = "57014"}, {BOTH, .columns = NAMES_COLUMNS, .rows = NAMES}),
		DYNAMODB(NO_ROW(ME), {"Query", .body = ITEMS("")}, {"Query", .body = ITEMS("{}")}));
	assert_int_equal(conversation_messages(&all.ctx, ME, GROUP, &page, &place, &all.resp),
			 ERR_NOT_FOUND);
	conversation_remember(all.ctx.conversations, GROUP, ME, OTHER);
	assert_int_equal(conversation_messages(&all.ctx, ME, GROUP, &page, &place, &all.resp),
			 ERR_UNAVAILABLE);
	assert_int_equal(conversation_messages(&all.ctx, ME, GROUP, &page, &place, &all.resp),
			 ERR_INTERNAL);
	page.has_cursor = true;
	for (size_t i = 0; i < COUNT(cursors); i++) {
		memcpy(page.fields, cursors[i], sizeof(cursors[i]));
		assert_int_equal(conversation_messages(&all.ctx, ME, GROUP, &page, &place,
						       &all.resp),
				 PROBLEM_CURSOR_INVALID);
	}
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_version_7_uuid_is_a_place),
		cmocka_unit_test(without_a_place_the_kind_says_so),
		cmocka_unit_test(other_texts_are_refused_by_name),
		cmocka_unit_test(the_parameters_exclude_each_other),
		cmocka_unit_test(the_newest_messages_come_first),
		cmocka_unit_test(a_cursor_continues_in_its_direction),
		cmocka_unit_test(a_place_has_messages_on_its_sides),
		cmocka_unit_test(names_of_people_who_are_gone_come_from_the_messages),
		cmocka_unit_test(a_page_can_fail),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
