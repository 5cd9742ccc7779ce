/* conversation_test.c - conversations as the API shows them, their list, and their members. */
#include "conversations.h"

#include "base/err.h"
#include "domain/conversation.h"
#include "web/problem.h"

#define PEOPLE "{" OTHER "," ME "}"
#define PERSON(uuid, handle, name)                                                                 \
	"{\"uuid\":\"" uuid "\",\"handle\":\"" handle "\",\"display_name\":\"" name "\","          \
	"\"avatar_url\":null"
#define SHOWN_AS(state, more)                                                                      \
	"{\"uuid\":\"" GROUP "\",\"kind\":\"pair\",\"name\":null," state                           \
	",\"hidden\":false,\"display_name\":\"Other\","                                            \
	"\"handle\":\"other\"," more                                                               \
	",\"members_count\":2,\"members\":[" PERSON(OTHER, "other",                                \
						    "Other") "}," PERSON(ME, "me", "Me") "}]}"
#define SHOWN(more) SHOWN_AS("\"state\":\"accepted\",\"messages_left\":null", more)
#define NEW                                                                                        \
	"\"message\":null,\"message_uuid\":\"" UUID1 "\",\"created_at\":\"" AT1 "\","              \
	"\"unread_count\":2,\"read_message_uuid\":null,\"seen\":[]"
#define SEEN                                                                                       \
	"\"message\":\"hi\",\"message_uuid\":\"" UUID2 "\",\"created_at\":\"" AT2 "\","            \
	"\"unread_count\":0,\"read_message_uuid\":\"" UUID2 "\","                                  \
	"\"seen\":[{\"handle\":\"other\",\"message_uuid\":\"" UUID1 "\"}]"
#define ROW_NEW ROW(OTHER, "2", UUID1, AT1, "")
#define ROW_SEEN                                                                                   \
	ROW(OTHER, "0", UUID2, AT2,                                                                \
	    "," STRING("message", "hi") "," STRING("read_message_uuid",                            \
						   UUID2) "," STRING("seen_message_uuid", UUID1))

static const struct page one_row = {.kind = &conversation_list_page,
				    .limit = 1,
				    .path = SLICE("/p")};

static void a_conversation_has_both_members(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_names|" PEOPLE, .columns = NAMES_COLUMNS, .rows = NAMES},
			  {"users_names|" PEOPLE, .columns = NAMES_COLUMNS, .rows = NAMES},
			  {"users_names|" PEOPLE, .state = "57014"}),
		       DYNAMODB({"GetItem", {KEY_OF_ROW(ME)}, .body = ITEM(ROW_NEW)},
				{"GetItem",
				 {KEY_OF_PAIR},
				 .body = ITEM("{" STRING("group_uuid", GROUP) "}")},
				{"GetItem", {KEY_OF_ROW(ME)}, .body = ITEM(ROW_SEEN)},
				{"GetItem", {KEY_OF_PAIR}, .body = NO_ITEM}, NO_ROW(ME),
				{"GetItem", {KEY_OF_ROW(ME)}, .body = ITEM(ROW_NEW)}));
	assert_int_equal(conversation_show(&all.ctx, ME, GROUP, &all.resp), 0);
	assert_string_equal(all.resp.body.data, SHOWN(NEW));
	assert_int_equal(conversation_show_with(&all.ctx, ME, OTHER, &all.resp), 0);
	assert_string_equal(all.resp.body.data, SHOWN(SEEN));
	assert_int_equal(conversation_show_with(&all.ctx, ME, OTHER, &all.resp), ERR_NOT_FOUND);
	assert_int_equal(conversation_show(&all.ctx, ME, GROUP, &all.resp), ERR_NOT_FOUND);
	assert_int_equal(conversation_show(&all.ctx, ME, GROUP, &all.resp), ERR_UNAVAILABLE);
	services_stop(&all);
}

static void the_list_has_pages(void **state)
{
	struct page later = one_row;
	struct services all;

	(void)state;
	later.has_cursor = true;
	later.fields[0] = GROUP;
	later.fields[1] = AT1;
	services_start(&all,
		       PG({"users_names|" PEOPLE, .columns = NAMES_COLUMNS, .rows = NAMES},
			  {"users_names|" PEOPLE, .columns = NAMES_COLUMNS, .rows = NAMES},
			  {"users_names|{" ME "}", .columns = NAMES_COLUMNS,
			   .rows = ME "|me|Me|t"}),
		       DYNAMODB({"Query",
				 {"\":pk\":{\"S\":\"GRP#" ME "\"}", "\"Limit\":2",
				  "!ExclusiveStartKey", "ProjectionExpression"},
				 .body = ITEMS(ROW_NEW "," ROW_SEEN)},
				{"Query",
				 {"\"sk\":{\"S\":\"GROUP#" GROUP
				  "\"},\"last_message_at\":{\"S\":\"" AT1 "\"}"},
				 .body = ITEMS(ROW_SEEN)},
				{"Query", .body = ITEMS("")}));
	assert_int_equal(conversation_list(&all.ctx, ME, false, &one_row, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" SHOWN(NEW) "]");
	services_check_link(&all, "next", "groups|" GROUP "|" AT1);
	buf_reset(&all.resp.headers);
	assert_int_equal(conversation_list(&all.ctx, ME, false, &later, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" SHOWN(SEEN) "]");
	assert_false(services_has_link(&all));
	assert_int_equal(conversation_list(&all.ctx, ME, false, &one_row, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[]");
	services_stop(&all);
}

static void a_request_is_listed_apart_and_not_unread(void **state)
{
#define WAITS                                                                                      \
	"\"message\":null,\"message_uuid\":\"" UUID1 "\",\"created_at\":\"" AT1 "\","              \
	"\"unread_count\":0,\"read_message_uuid\":null,\"seen\":[]"
#define MARKED "," STRING("seen_message_uuid", UUID1)
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_names|" PEOPLE, .columns = NAMES_COLUMNS, .rows = NAMES},
			  {"users_names|" PEOPLE, .columns = NAMES_COLUMNS, .rows = NAMES}),
		       DYNAMODB({"Query",
				 {"\":pk\":{\"S\":\"REQ#" ME "\"}", "last-message-index"},
				 .body = ITEMS(ROW(OTHER, "2", UUID1, AT1, MARKED))},
				{"GetItem",
				 {KEY_OF_ROW(ME)},
				 .body = ITEM(ROW(OTHER, "0", UUID1, AT1,
						  "," NUMBER("pending", "2") MARKED))}));
	assert_int_equal(conversation_list(&all.ctx, ME, true, &one_row, &all.resp), 0);
	assert_string_equal(all.resp.body.data,
			    "[" SHOWN_AS("\"state\":\"request\",\"messages_left\":null",
					 WAITS) "]");
	assert_int_equal(conversation_show(&all.ctx, ME, GROUP, &all.resp), 0);
	assert_string_equal(all.resp.body.data,
			    SHOWN_AS("\"state\":\"pending\",\"messages_left\":1", WAITS));
	services_stop(&all);
}

/* Either of the two has turned them off. */
static void receipts_are_shown_by_both_or_not(void **state)
{
	static const char *const names[] = {
		ME "|me|Me|f\n" OTHER "|other|Other|t",
		ME "|me|Me|t\n" OTHER "|other|Other|f",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct services all;

		services_start(&all,
			       PG({"users_names|" PEOPLE, .columns = NAMES_COLUMNS,
				   .rows = names[i]}),
			       DYNAMODB({"GetItem", {KEY_OF_ROW(ME)}, .body = ITEM(ROW_SEEN)}));
		assert_int_equal(conversation_show(&all.ctx, ME, GROUP, &all.resp), 0);
		assert_non_null(strstr(all.resp.body.data, "\"seen\":[]"));
		services_stop(&all);
	}
}

static void names_of_people_who_are_gone_come_from_the_rows(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_names|" PEOPLE, .columns = NAMES_COLUMNS, .rows = ME "|me|Me|t"}),
		       DYNAMODB({"Query", {"ProjectionExpression"}, .body = ITEMS(ROW_NEW)},
				{"Query",
				 {"!ProjectionExpression"},
				 .body = ITEMS(ROW(OTHER, "2", UUID1, AT1,
						   "," STRING("user_handle", "other") "," STRING(
							   "user_display_name", "Other")))}));
	assert_int_equal(conversation_list(&all.ctx, ME, false, &one_row, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" SHOWN(NEW) "]");
	services_stop(&all);
}

static void a_list_can_fail(void **state)
{
	static const char *const bad[][2] = {{"1", AT1}, {GROUP, "never"}};
	struct page page = one_row;
	struct services all;

	(void)state;
	services_start(&all, PG({"users_names|" PEOPLE, .state = "57014"}),
		       DYNAMODB({"Query", .status = 400, .body = "{}"},
				{"Query", .body = ITEMS("{}")}, {"Query", .body = ITEMS(ROW_NEW)}));
	assert_int_equal(conversation_list(&all.ctx, ME, false, &page, &all.resp), ERR_INTERNAL);
	assert_int_equal(conversation_list(&all.ctx, ME, false, &page, &all.resp), ERR_INTERNAL);
	assert_int_equal(conversation_list(&all.ctx, ME, false, &page, &all.resp), ERR_UNAVAILABLE);
	page.has_cursor = true;
	for (size_t i = 0; i < COUNT(bad); i++) {
		memcpy(page.fields, bad[i], sizeof(bad[i]));
		assert_int_equal(conversation_list(&all.ctx, ME, false, &page, &all.resp),
				 PROBLEM_CURSOR_INVALID);
	}
	services_stop(&all);
}

#define MEMBER(person, bio) person ",\"bio\":" bio ",\"joined_at\":null,\"owner\":false}"

static void members_have_a_bio_and_pages(void **state)
{
	static const struct {
		int limit;
		const char *cursor, *body, *next;
	} cases[] = {
		{2, NULL,
		 "[" MEMBER(PERSON(OTHER, "other", "Other"),
			    "\"first\"") "," MEMBER(PERSON(ME, "me", "Me"), "null") "]",
		 NULL},
		{1, NULL, "[" MEMBER(PERSON(OTHER, "other", "Other"), "\"first\"") "]",
		 "members|" OTHER},
		{1, OTHER, "[" MEMBER(PERSON(ME, "me", "Me"), "null") "]", NULL},
		{1, ME, "[]", NULL},
		{1, UUID1, "[" MEMBER(PERSON(OTHER, "other", "Other"), "\"first\"") "]",
		 "members|" OTHER},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct page page = {.kind = &conversation_members_page,
					  .limit = cases[i].limit,
					  .path = SLICE("/p"),
					  .has_cursor = cases[i].cursor,
					  .fields = {cases[i].cursor}};
		struct services all;

		services_start(&all,
			       PG({"users_people|" PEOPLE, .columns = NAMES_COLUMNS " bio",
				   .rows = ME "|me|Me|t|\\N\n" OTHER "|other|Other|t|first"}),
			       DYNAMODB({"GetItem", {KEY_OF_ROW(ME)}, .body = ITEM(ROW_NEW)}));
		assert_int_equal(conversation_members(&all.ctx, ME, GROUP, &page, &all.resp), 0);
		assert_string_equal(all.resp.body.data, cases[i].body);
		assert_int_equal(services_has_link(&all), cases[i].next != NULL);
		if (cases[i].next)
			services_check_link(&all, "next", cases[i].next);
		services_stop(&all);
	}
}

static void members_can_fail(void **state)
{
	struct page page = {.kind = &conversation_members_page,
			    .limit = 1,
			    .has_cursor = true,
			    .fields = {"1"}};
	struct services all;

	(void)state;
	services_start(&all, PG({"users_people|" PEOPLE, .state = "57014"}),
		       DYNAMODB(NO_ROW(ME), {"GetItem", .body = ITEM(ROW_NEW)},
				{"GetItem", .body = ITEM(ROW_NEW)}));
	assert_int_equal(conversation_members(&all.ctx, ME, GROUP, &page, &all.resp),
			 ERR_NOT_FOUND);
	assert_int_equal(conversation_members(&all.ctx, ME, GROUP, &page, &all.resp),
			 PROBLEM_CURSOR_INVALID);
	page.has_cursor = false;
	assert_int_equal(conversation_members(&all.ctx, ME, GROUP, &page, &all.resp),
			 ERR_UNAVAILABLE);
	services_stop(&all);
}

static void unread_messages_are_added_up(void **state)
{
	struct services all;
	int64_t count;

	(void)state;
	services_start(&all, PG_NONE,
		       DYNAMODB({"Query",
				 {"GRP#" ME, "\"Limit\":100"},
				 .body = ITEMS("{" NUMBER("unread_count", "2") "},{},{" NUMBER(
					 "unread_count", "40") "}")},
				{"Query", .status = 400, .body = "{}"}));
	assert_int_equal(conversation_unread(&all.ctx, ME, &count), 0);
	assert_int_equal(count, 42);
	assert_int_equal(conversation_unread(&all.ctx, ME, &count), ERR_INTERNAL);
	assert_int_equal(count, 42);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_conversation_has_both_members),
		cmocka_unit_test(the_list_has_pages),
		cmocka_unit_test(a_request_is_listed_apart_and_not_unread),
		cmocka_unit_test(receipts_are_shown_by_both_or_not),
		cmocka_unit_test(names_of_people_who_are_gone_come_from_the_rows),
		cmocka_unit_test(a_list_can_fail),
		cmocka_unit_test(members_have_a_bio_and_pages),
		cmocka_unit_test(members_can_fail),
		cmocka_unit_test(unread_messages_are_added_up),
	};

	return cmocka_run_group_tests_name("conversation", tests, NULL, NULL);
}
