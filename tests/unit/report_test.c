/* report_test.c - reading a report, finding what it is about, copying it, and making it once. */
#include "conversations.h"

#include <string.h>

#include "base/err.h"
#include "domain/conversation_members.h"
#include "domain/report.h"
#include "json/jsonin.h"
#include "web/problem.h"

#define CRUD "55555555-5555-4555-8555-555555555555"

static const struct idempotency no_key = {0};
static const struct idempotency with_key = {.given = true, .key = "k", .request = "r"};

/* --- the body -------------------------------------------------------------------------------- */

static int read_body(const char *text, struct resp *resp, struct report_draft *ret_draft)
{
	json_auto *body = NULL;

	assert_int_equal(jsonin_object(slice_of(text), &body), 0);
	return report_read(body, resp, ret_draft);
}

static void a_report_names_one_thing(void **state)
{
	static const struct {
		const char *body;
		const char *activity, *group, *message;
	} cases[] = {
		{"{\"activity_uuid\":\"" CRUD "\",\"reason\":\"spam\"}", CRUD, "", ""},
		{"{\"message_group_uuid\":\"" GROUP "\",\"reason\":\"harassment\"}", "", GROUP, ""},
		{"{\"message_group_uuid\":\"" GROUP "\",\"message_uuid\":\"" UUID3
		 "\",\"activity_uuid\":null,\"handle\":\" \",\"reason\":\"illegal\"}",
		 "", GROUP, UUID3},
		{"{\"handle\":\"ada\",\"reason\":\"impersonation\",\"note\":null}", "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct report_draft draft;
		struct resp resp = {0};

		assert_int_equal(read_body(cases[i].body, &resp, &draft), 0);
		assert_string_equal(draft.activity, cases[i].activity);
		assert_string_equal(draft.group, cases[i].group);
		assert_string_equal(draft.message, cases[i].message);
		assert_int_equal(draft.note.len, 0);
	}
}

static void every_fault_of_a_report_has_its_code(void **state)
{
#define REASON ",\"reason\":\"other\"}"
	static const struct {
		const char *body;
		const char *codes[4];
	} cases[] = {
		{"{}", {"report_subject_blank", "reason_blank"}},
		{"{\"message_uuid\":\"" UUID3 "\"" REASON, {"message_group_uuid_blank"}},
		{"{\"message_uuid\":\"" UUID3 "\",\"handle\":\"ada\"" REASON,
		 {"report_subject_ambiguous"}},
		{"{\"activity_uuid\":\"" CRUD "\",\"handle\":\"ada\"" REASON,
		 {"report_subject_ambiguous"}},
		{"{\"activity_uuid\":\"" CRUD "\",\"message_group_uuid\":\"" GROUP "\"" REASON,
		 {"report_subject_ambiguous"}},
		{"{\"activity_uuid\":\"x\"" REASON, {"activity_uuid_invalid"}},
		{"{\"message_group_uuid\":7,\"message_uuid\":\"x\"" REASON,
		 {"message_group_uuid_invalid", "message_uuid_invalid"}},
		{"{\"handle\":7" REASON, {"handle_invalid"}},
		{"{\"handle\":\"ada\",\"reason\":\"Spam\"}", {"reason_invalid"}},
		{"{\"handle\":\"ada\",\"reason\":[],\"note\":1}",
		 {"reason_invalid", "note_invalid"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct report_draft draft = {.activity = "untouched"};
		struct resp resp = {0};
		size_t count = 0;

		assert_int_equal(read_body(cases[i].body, &resp, &draft), PROBLEM_INVALID);
		while (count < COUNT(cases[i].codes) && cases[i].codes[count])
			count++;
		assert_int_equal(resp.codes_count, count);
		for (size_t j = 0; j < count; j++)
			assert_string_equal(resp.codes[j], cases[i].codes[j]);
		assert_string_equal(draft.activity, "untouched");
	}
}

static void a_note_has_a_limit(void **state)
{
	buf_auto body = BUF_INIT(4096);
	struct report_draft draft;
	struct resp resp = {0};

	(void)state;
	buf_puts(&body, "{\"handle\":\"ada\",\"reason\":\"spam\",\"note\":\"\\n");
	for (int i = 0; i < 500; i++)
		buf_puts(&body, "\xC3\xA9");
	buf_puts(&body, "\"}");
	assert_int_equal(read_body(body.data, &resp, &draft), 0);
	body.len -= 2;
	buf_puts(&body, "x\"}");
	assert_int_equal(read_body(body.data, &resp, &draft), PROBLEM_INVALID);
	assert_string_equal(resp.codes[0], "note_exceed_max_chars");
}

/* --- making it ------------------------------------------------------------------------------- */

#define MADE(thing, key, crud)                                                                     \
	"reports_made|" ME "|" thing "|" key "|" crud, .columns = "request reported author_uuid"
#define CREATE(thing, kind, person, of, note, copies, key)                                         \
	"reports_create|" ME "|" thing "|" kind "|" person "|" of "|spam|" note "|" copies "|" key \
	"|\\N",                                                                                    \
		.columns = "people found added rest"
#define NO_KEY	   "\\N|\\N"
#define OF_CRUD	   CRUD "|\\N|\\N"
#define CRUD_THING "crud:" CRUD
#define DONE	   .rows = "2|1|1|\\N"

static const struct report_draft of_crud = {.activity = CRUD, .reason = {"spam", 4}};
static const struct report_draft of_message = {.group = GROUP,
					       .message = UUID3,
					       .reason = {"spam", 4}};
static const struct report_draft of_conversation = {.group = GROUP, .reason = {"spam", 4}};
static const struct report_draft of_person = {.handle = {"Ada", 3},
					      .reason = {"spam", 4},
					      .note = {"a note", 6}};

static void a_crud_is_reported(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({MADE(CRUD_THING, "\\N", CRUD), .rows = "\\N|f|" OTHER},
			  {"reports_create|" ME "|" CRUD_THING "|crud|" OTHER "|" OF_CRUD
			   "|spam|\\N|\\N|" NO_KEY "|30",
			   .columns = "people found added rest", .rows = "2|1|1|29"}),
		       DYNAMODB_NONE);
	all.ctx.config.quotas[QUOTA_REPORTS] = 30;
	assert_int_equal(report_create(&all.ctx, ME, &of_crud, &no_key, &all.resp), 0);
	assert_string_equal(all.resp.limit.name, "reports");
	assert_int_equal(all.resp.limit.rest, 29);
	services_stop(&all);
}

#define COPY(place, at, uuid, text)                                                                \
	"{\"place\":" place ",\"uuid\":\"" uuid "\",\"user_uuid\":\"" OTHER "\",\"message\":" text \
	",\"created_at\":\"" at "\"}"
#define MEMBER                                                                                     \
	{                                                                                          \
		"GetItem", {KEY_OF_ROW(ME)}, .body = ITEM(ROW(OTHER, "0", UUID3, AT3, ""))         \
	}
#define MESSAGE_THING "message:" GROUP ":" UUID3

static void a_message_is_copied_with_those_before_it(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({MADE(MESSAGE_THING, "\\N", "\\N"), .rows = "\\N|f|\\N"},
			  {CREATE(MESSAGE_THING, "message", OTHER, "\\N|" GROUP "|" UUID3, "\\N",
				  "[" COPY("0", AT3, UUID3, "\"hi\"") "," COPY("1", AT2, UUID2,
									       "null") "]",
				  NO_KEY),
			   DONE}),
		       DYNAMODB(MEMBER,
				{"Query",
				 {OF_GROUP, "\"Limit\":6",
				  "\":before\":{\"S\":\"2025-11-25T07:20:23.554001+00:00\"}"},
				 .body = ITEMS(MESSAGE(AT3, UUID3, OTHER) "," TOMBSTONE(AT2, UUID2,
											OTHER))}));
	assert_int_equal(report_create(&all.ctx, ME, &of_message, &no_key, &all.resp), 0);
	assert_null(all.resp.limit.name);
	services_stop(&all);
}

static void a_conversation_is_copied_from_its_end(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({MADE("conversation:" GROUP, "\\N", "\\N"), .rows = "\\N|f|\\N"},
			  {CREATE("conversation:" GROUP, "conversation", OTHER, "\\N|" GROUP "|\\N",
				  "\\N", "[" COPY("1", AT3, UUID3, "\"hi\"") "]", NO_KEY),
			   DONE}),
		       DYNAMODB(MEMBER, {"Query",
					 {OF_GROUP, "\"Limit\":6", "!:before"},
					 .body = ITEMS(MESSAGE(AT3, UUID3, OTHER))}));
	assert_int_equal(report_create(&all.ctx, ME, &of_conversation, &no_key, &all.resp), 0);
	services_stop(&all);
}

static void a_person_is_reported_by_handle(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"users_by_handle|Ada", .columns = "uuid handle display_name",
			   .rows = OTHER "|ada|Ada"},
			  {MADE("person:" OTHER, "k", "\\N"), .rows = "\\N|f|\\N"},
			  {CREATE("person:" OTHER, "person", OTHER, "\\N|\\N|\\N", "a note", "\\N",
				  "k|r"),
			   DONE},
			  {"users_by_handle|Ada", .columns = "uuid handle display_name"}),
		       DYNAMODB_NONE);
	assert_int_equal(report_create(&all.ctx, ME, &of_person, &with_key, &all.resp), 0);
	assert_int_equal(report_create(&all.ctx, ME, &of_person, &with_key, &all.resp),
			 ERR_NOT_FOUND);
	services_stop(&all);
}

static void hidden_things_are_not_found(void **state)
{
	static const char *const answers[] = {ITEMS(""), ITEMS(MESSAGE(AT2, UUID2, OTHER)),
					      ITEMS(TOMBSTONE(AT3, UUID3, OTHER))};
	struct services all;

	(void)state;
	services_start(&all, PG({MADE(CRUD_THING, "\\N", CRUD), .rows = "\\N|f|\\N"}),
		       DYNAMODB_NONE);
	assert_int_equal(report_create(&all.ctx, ME, &of_crud, &no_key, &all.resp), ERR_NOT_FOUND);
	services_stop(&all);

	for (size_t i = 0; i < COUNT(answers); i++) {
		services_start(&all, PG({MADE(MESSAGE_THING, "\\N", "\\N"), .rows = "\\N|f|\\N"}),
			       DYNAMODB(MEMBER, {"Query", .body = answers[i]}));
		assert_int_equal(report_create(&all.ctx, ME, &of_message, &no_key, &all.resp),
				 ERR_NOT_FOUND);
		services_stop(&all);
	}

	services_start(&all, PG({MADE(MESSAGE_THING, "\\N", "\\N"), .rows = "\\N|f|\\N"}),
		       DYNAMODB(NO_ROW(ME)));
	assert_int_equal(report_create(&all.ctx, ME, &of_message, &no_key, &all.resp),
			 ERR_NOT_FOUND);
	services_stop(&all);
}

static void ones_own_things_are_refused(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({MADE(CRUD_THING, "\\N", CRUD), .rows = "\\N|f|" ME},
			  {MADE(MESSAGE_THING, "\\N", "\\N"), .rows = "\\N|f|\\N"}),
		       DYNAMODB(MEMBER, {"Query", .body = ITEMS(MESSAGE(AT3, UUID3, ME))}));
	assert_int_equal(report_create(&all.ctx, ME, &of_crud, &no_key, &all.resp),
			 PROBLEM_INVALID);
	assert_string_equal(all.resp.codes[0], "user_is_self");
	all.resp.codes_count = 0;
	assert_int_equal(report_create(&all.ctx, ME, &of_message, &no_key, &all.resp),
			 PROBLEM_INVALID);
	assert_string_equal(all.resp.codes[0], "user_is_self");
	services_stop(&all);
}

static void a_repetition_adds_nothing(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       /* without a key; with a known key; with a new key, which is kept */
		       PG({MADE(CRUD_THING, "\\N", CRUD), .rows = "\\N|t|\\N"},
			  {MADE(CRUD_THING, "k", CRUD), .rows = "r|f|\\N"},
			  {MADE(CRUD_THING, "k", CRUD), .rows = "\\N|t|\\N"},
			  {CREATE(CRUD_THING, "crud", "\\N", OF_CRUD, "\\N", "\\N", "k|r"),
			   .rows = "1|1|0|\\N"},
			  {MADE(CRUD_THING, "k", CRUD), .rows = "r|t|\\N"},
			  /* the key is that of another request */
			  {MADE(CRUD_THING, "k", CRUD), .rows = "other|f|" OTHER}),
		       DYNAMODB_NONE);
	assert_int_equal(report_create(&all.ctx, ME, &of_crud, &no_key, &all.resp), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(report_create(&all.ctx, ME, &of_crud, &with_key, &all.resp), 0);
	assert_int_equal(report_create(&all.ctx, ME, &of_crud, &with_key, &all.resp),
			 PROBLEM_IDEMPOTENCY_KEY_REUSED);
	services_stop(&all);
}

static void reasons_why_nothing_was_written_are_told_apart(void **state)
{
#define SEEN                                                                                       \
	{                                                                                          \
		MADE(CRUD_THING, "k", CRUD), .rows = "\\N|f|" OTHER                                \
	}
#define CREATED CREATE(CRUD_THING, "crud", OTHER, OF_CRUD, "\\N", "\\N", "k|r")
	static const struct {
		struct pgserver_step create, again;
		int result;
	} cases[] = {
		/* somebody is gone; the crud is; others were faster with the thing, with the key */
		{{CREATED, .rows = "1|0|0|\\N"}, {0}, ERR_REFERENCE},
		{{CREATED, .rows = "2|0|0|\\N"}, {0}, ERR_NOT_FOUND},
		{{CREATED, .rows = "2|1|0|\\N"},
		 {MADE(CRUD_THING, "k", CRUD), .rows = "r|t|\\N"},
		 0},
		{{CREATED, .rows = "2|1|0|\\N"},
		 {MADE(CRUD_THING, "k", CRUD), .rows = "x|f|\\N"},
		 PROBLEM_IDEMPOTENCY_KEY_REUSED},
		{{CREATED, .rows = "2|1|0|\\N"},
		 {MADE(CRUD_THING, "k", CRUD), .state = "57014"},
		 ERR_UNAVAILABLE},
		{{CREATED, .state = "QUOTA", .message = "reports 77"}, {0}, PROBLEM_QUOTA_EXCEEDED},
		{{CREATED, .state = "57014"}, {0}, ERR_UNAVAILABLE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct pgserver_step steps[] = {SEEN, cases[i].create, cases[i].again};
		struct services all;

		services_start(&all, steps, cases[i].again.call ? 3 : 2, DYNAMODB_NONE);
		assert_int_equal(report_create(&all.ctx, ME, &of_crud, &with_key, &all.resp),
				 cases[i].result);
		services_stop(&all);
	}
}

static void a_store_that_fails_is_told(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({MADE(CRUD_THING, "\\N", CRUD), .state = "57014"},
			  {MADE(MESSAGE_THING, "\\N", "\\N"), .rows = "\\N|f|\\N"},
			  {MADE("conversation:" GROUP, "\\N", "\\N"), .rows = "\\N|f|\\N"}),
		       DYNAMODB(MEMBER, {"Query", .body = ITEMS("{}")},
				{"Query", .body = ITEMS("{}")}));
	assert_int_equal(report_create(&all.ctx, ME, &of_crud, &no_key, &all.resp),
			 ERR_UNAVAILABLE);
	assert_int_equal(report_create(&all.ctx, ME, &of_message, &no_key, &all.resp),
			 ERR_INTERNAL);
	assert_int_equal(report_create(&all.ctx, ME, &of_conversation, &no_key, &all.resp),
			 ERR_INTERNAL);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_names_one_thing),
		cmocka_unit_test(every_fault_of_a_report_has_its_code),
		cmocka_unit_test(a_note_has_a_limit),
		cmocka_unit_test(a_crud_is_reported),
		cmocka_unit_test(a_message_is_copied_with_those_before_it),
		cmocka_unit_test(a_conversation_is_copied_from_its_end),
		cmocka_unit_test(a_person_is_reported_by_handle),
		cmocka_unit_test(hidden_things_are_not_found),
		cmocka_unit_test(ones_own_things_are_refused),
		cmocka_unit_test(a_repetition_adds_nothing),
		cmocka_unit_test(reasons_why_nothing_was_written_are_told_apart),
		cmocka_unit_test(a_store_that_fails_is_told),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
