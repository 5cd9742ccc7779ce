/* moderation_test.c - the lists of reports, and decisions, each made once. */
#include "conversations.h"

#include "base/err.h"
#include "domain/moderation.h"
#include "json/jsonin.h"
#include "web/problem.h"

#define MOD    "66666666-6666-4666-8666-666666666666"
#define REPORT "77777777-7777-4777-8777-777777777777"
#define SECOND "88888888-8888-4888-8888-888888888888"
#define CRUD   "55555555-5555-4555-8555-555555555555"

#define COLUMNS                                                                                    \
	.columns = "uuid created_at kind reason note message_group_uuid resolved_at action "       \
		   "action_note about_uuid about_message_uuid reporter_uuid reporter_handle "      \
		   "reporter_display_name reported_uuid reported_handle reported_display_name "    \
		   "resolver_uuid resolver_handle resolver_display_name place text_uuid "          \
		   "text_handle text_display_name text text_created_at"

/* The parts of a row: what it is; how it was resolved; about whom; the people; a text. */
#define OF(uuid, at, kind, group) uuid "|" at "|" kind "|spam|a note|" group "|"
#define IS_OPEN			  "\\N|\\N|\\N|"
#define IS_RESOLVED		  "2000000|suspend|decided|"
#define ABOUT			  OTHER "|" UUID3 "|"
#define BOTH			  ME "|me|Me|" OTHER "|other|Other|"
#define NOBODY			  "\\N|\\N|\\N|\\N|\\N|\\N|"
#define UNRESOLVED		  "\\N|\\N|\\N|"
#define BY_MOD			  MOD "|mod|Mod|"
#define NO_TEXT			  "\\N|\\N|deleted|Deleted person|\\N|\\N"
#define TEXT(place, uuid, text)	  place "|" uuid "|other|Other|" text "|0"

#define CRUD_ROW(uuid, at)                                                                         \
	OF(uuid, at, "crud", "\\N") IS_OPEN ABOUT BOTH UNRESOLVED TEXT("0", CRUD, "buy")
#define MESSAGE_ROW(place, text)                                                                   \
	OF(REPORT, "0", "message", GROUP)                                                          \
	IS_OPEN ABOUT BOTH UNRESOLVED TEXT(place, UUID3, text)
#define PERSON_ROW   OF(REPORT, "0", "person", "\\N") IS_OPEN ABOUT BOTH UNRESOLVED NO_TEXT
#define RESOLVED_ROW OF(REPORT, "0", "person", "\\N") IS_RESOLVED ABOUT BOTH BY_MOD NO_TEXT
#define DELETED_ROW  OF(REPORT, "0", "crud", "\\N") IS_OPEN "\\N|\\N|" NOBODY UNRESOLVED NO_TEXT

static int state_of(const char *query, struct resp *resp, enum moderation_state *ret_state)
{
	static char *no_env[] = {NULL};
	struct buf scratch = BUF_INIT(256);
	const struct req req = {.query = slice_of(query), .env = no_env, .scratch = &scratch};
	int r = moderation_state_from_query(&req, resp, ret_state);

	buf_dispose(&scratch);
	return r;
}

static void a_list_has_one_of_two_states(void **state)
{
	enum moderation_state found = MODERATION_RESOLVED;
	struct resp resp = {0};

	(void)state;
	assert_int_equal(state_of("", &resp, &found), 0);
	assert_int_equal(found, MODERATION_OPEN);
	assert_int_equal(state_of("state=resolved", &resp, &found), 0);
	assert_int_equal(found, MODERATION_RESOLVED);
	assert_int_equal(state_of("state=open&limit=1", &resp, &found), 0);
	assert_int_equal(found, MODERATION_OPEN);
	assert_int_equal(state_of("state=open&state=open", &resp, &found), PROBLEM_QUERY_INVALID);
	assert_int_equal(state_of("state=", &resp, &found), PROBLEM_INVALID);
	assert_string_equal(resp.codes[0], "state_invalid");
}

/* --- the lists ------------------------------------------------------------------------------- */

#define FIRST "reports_open|" MOD "|-infinity|00000000-0000-0000-0000-000000000000|"
#define PERSON(uuid, handle, name)                                                                 \
	"{\"uuid\":\"" uuid "\",\"handle\":\"" handle "\",\"display_name\":\"" name                \
	"\",\"avatar_url\":null}"
#define TEXT_JSON(uuid, text)                                                                      \
	"{\"uuid\":\"" uuid "\",\"display_name\":\"Other\",\"handle\":\"other\",\"message\":" text \
	",\"created_at\":\"1970-01-01T00:00:00.000000+00:00\"}"

static void a_report_has_its_texts(void **state)
{
	const struct page page = {.kind = &moderation_pages[MODERATION_OPEN],
				  .limit = 2,
				  .path = SLICE("/p")};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({FIRST "3", COLUMNS,
			   .rows = MESSAGE_ROW("2", "\\N") "\n" MESSAGE_ROW(
				   "1", "before") "\n" MESSAGE_ROW("0", "this")},
			  {FIRST "3", COLUMNS, .rows = DELETED_ROW}, {FIRST "3", COLUMNS}),
		       DYNAMODB_NONE);
	assert_int_equal(moderation_list(&all.ctx, MOD, MODERATION_OPEN, &page, &all.resp), 0);
	assert_string_equal(
		all.resp.body.data,
		"[{\"uuid\":\"" REPORT "\",\"created_at\":\"1970-01-01T00:00:00.000000+00:00\","
		"\"kind\":\"message\",\"reason\":\"spam\",\"note\":\"a note\","
		"\"message_group_uuid\":\"" GROUP "\",\"resolved_at\":null,\"action\":null,"
		"\"action_note\":null,\"state\":\"open\",\"reporter\":" PERSON(
			ME, "me",
			"Me") ",\"reported\":" PERSON(OTHER, "other",
						      "Other") ",\"resolved_by\":null,"
							       "\"activity\":null,"
							       "\"message\":" TEXT_JSON(
								       UUID3,
								       "\"this\"") ","
										   "\"context\":"
										   "[" TEXT_JSON(UUID3, "null") "," TEXT_JSON(
											   UUID3,
											   "\"befor"
											   "e\"") "]}]");
	assert_false(services_has_link(&all));

	buf_reset(&all.resp.body);
	assert_int_equal(moderation_list(&all.ctx, MOD, MODERATION_OPEN, &page, &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, "\"reporter\":null,\"reported\":null,"));
	assert_non_null(
		strstr(all.resp.body.data, "\"activity\":null,\"message\":null,\"context\":[]"));
	buf_reset(&all.resp.body);
	assert_int_equal(moderation_list(&all.ctx, MOD, MODERATION_OPEN, &page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[]");
	services_stop(&all);
}

static void lists_have_pages(void **state)
{
	const struct page open = {.kind = &moderation_pages[MODERATION_OPEN],
				  .limit = 1,
				  .path = SLICE("/p")};
	const struct page later = {.kind = &moderation_pages[MODERATION_OPEN],
				   .limit = 1,
				   .has_cursor = true,
				   .fields = {AT3, REPORT}};
	const struct page resolved = {.kind = &moderation_pages[MODERATION_RESOLVED],
				      .limit = 1,
				      .path = SLICE("/p")};
	const struct page bad = {.kind = &moderation_pages[MODERATION_OPEN],
				 .limit = 1,
				 .has_cursor = true,
				 .fields = {"x", REPORT}};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({FIRST "2", COLUMNS,
			   .rows = CRUD_ROW(REPORT, "1000000") "\n" CRUD_ROW(SECOND, "3000000")},
			  {"reports_open|" MOD "|" AT3 "|" REPORT "|2", COLUMNS,
			   .rows = CRUD_ROW(SECOND, "3000000")}),
		       DYNAMODB_NONE);
	assert_int_equal(moderation_list(&all.ctx, MOD, MODERATION_OPEN, &open, &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, REPORT));
	assert_null(strstr(all.resp.body.data, SECOND));
	assert_non_null(strstr(all.resp.body.data, "\"activity\":" TEXT_JSON(CRUD, "\"buy\"")));
	services_check_link(&all, "next", "reports_open|1970-01-01T00:00:01.000000+00:00|" REPORT);
	buf_reset(&all.resp.body);
	assert_int_equal(moderation_list(&all.ctx, MOD, MODERATION_OPEN, &later, &all.resp), 0);
	assert_int_equal(moderation_list(&all.ctx, MOD, MODERATION_OPEN, &bad, &all.resp),
			 PROBLEM_CURSOR_INVALID);
	services_stop(&all);

#define LATEST "reports_resolved|" MOD "|infinity|ffffffff-ffff-ffff-ffff-ffffffffffff|2"
	services_start(&all,
		       PG({LATEST, COLUMNS, .rows = RESOLVED_ROW "\n" CRUD_ROW(SECOND, "0")},
			  {LATEST, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(moderation_list(&all.ctx, MOD, MODERATION_RESOLVED, &resolved, &all.resp),
			 0);
	assert_non_null(strstr(all.resp.body.data, "\"state\":\"resolved\""));
	assert_non_null(strstr(all.resp.body.data, "\"resolved_by\":" PERSON(MOD, "mod", "Mod")));
	services_check_link(&all, "next",
			    "reports_resolved|1970-01-01T00:00:02.000000+00:00|" REPORT);
	assert_int_equal(moderation_list(&all.ctx, MOD, MODERATION_RESOLVED, &resolved, &all.resp),
			 ERR_UNAVAILABLE);
	services_stop(&all);
}

/* --- decisions ------------------------------------------------------------------------------- */

static void a_decision_has_an_action(void **state)
{
	static const struct {
		const char *body;
		int result;
		enum moderation_action action;
		const char *code;
	} cases[] = {
		{"{\"action\":\"dismiss\"}", 0, MODERATION_DISMISS, NULL},
		{"{\"action\":\" remove\",\"note\":null}", 0, MODERATION_REMOVE, NULL},
		{"{\"action\":\"suspend\",\"note\":\"x\"}", 0, MODERATION_SUSPEND, NULL},
		{"{}", PROBLEM_INVALID, 0, "action_blank"},
		{"{\"action\":\"delete\"}", PROBLEM_INVALID, 0, "action_invalid"},
		{"{\"action\":1}", PROBLEM_INVALID, 0, "action_invalid"},
		{"{\"action\":\"remove\",\"note\":1}", PROBLEM_INVALID, 0, "note_invalid"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct moderation_decision decision = {0};
		json_auto *body = NULL;
		struct resp resp = {0};

		assert_int_equal(jsonin_object(slice_of(cases[i].body), &body), 0);
		assert_int_equal(moderation_read(body, &resp, &decision), cases[i].result);
		if (cases[i].code)
			assert_string_equal(resp.codes[0], cases[i].code);
		else
			assert_int_equal(decision.action, cases[i].action);
	}
}

#define FIND "reports_one|" MOD "|" REPORT, COLUMNS
#define FOUND(row)                                                                                 \
	{                                                                                          \
		FIND, .rows = row                                                                  \
	}
#define AFTERWARDS                                                                                 \
	{                                                                                          \
		FIND, .rows = RESOLVED_ROW                                                         \
	}
#define CLAIM(rows_)                                                                               \
	{                                                                                          \
		"reports_claim|" MOD "|" REPORT, .columns = "uuid", .rows = rows_                  \
	}
#define RELEASE                                                                                    \
	{                                                                                          \
		.call = "reports_release|" REPORT                                                  \
	}
#define RESOLVE(action, note, claimed, outcome)                                                    \
	{                                                                                          \
		"reports_resolve|" MOD "|" REPORT "|" action "|" note "|" claimed,                 \
			.columns = "column1", .rows = outcome                                      \
	}
/* The message is deleted already, so the table is only read. */
#define MEMBERSHIP                                                                                 \
	{                                                                                          \
		"GetItem", {KEY_OF_ROW(OTHER)}, .body = ITEM(ROW(ME, "0", UUID3, AT3, ""))         \
	}
#define DELETED_ALREADY                                                                            \
	{                                                                                          \
		"GetItem", {KEY_OF_MESSAGE(AT3)}, .body = ITEM(TOMBSTONE(AT3, UUID3, OTHER))       \
	}

static void check_resolve(enum moderation_action action, int result,
			  const struct pgserver_step *statements, size_t statements_count,
			  const struct dynamodb_step *steps, size_t steps_count)
{
	const struct moderation_decision decision = {.action = action};
	struct services all;

	services_start(&all, statements, statements_count, steps, steps_count);
	assert_int_equal(moderation_resolve(&all.ctx, MOD, REPORT, &decision, &all.resp), result);
	if (result == 0)
		assert_non_null(strstr(all.resp.body.data, "\"state\":\"resolved\""));
	services_stop(&all);
}

static void a_decision_is_written(void **state)
{
	const struct moderation_decision decision = {MODERATION_DISMISS, SLICE("fine")};
	struct services all;

	(void)state;
	services_start(&all,
		       PG(FOUND(PERSON_ROW), RESOLVE("dismiss", "fine", "false", "done"),
			  AFTERWARDS),
		       DYNAMODB_NONE);
	assert_int_equal(moderation_resolve(&all.ctx, MOD, REPORT, &decision, &all.resp), 0);
	assert_non_null(strstr(all.resp.body.data, "\"action\":\"suspend\""));
	services_stop(&all);

	check_resolve(MODERATION_REMOVE, 0,
		      PG(FOUND(CRUD_ROW(REPORT, "0")), RESOLVE("remove", "\\N", "false", "done"),
			 AFTERWARDS),
		      DYNAMODB_NONE);
	check_resolve(MODERATION_SUSPEND, 0,
		      PG(FOUND(PERSON_ROW), RESOLVE("suspend", "\\N", "false", "done"), AFTERWARDS),
		      DYNAMODB_NONE);
	check_resolve(MODERATION_SUSPEND, 0,
		      PG(FOUND(DELETED_ROW), RESOLVE("suspend", "\\N", "false", "done"),
			 AFTERWARDS),
		      DYNAMODB_NONE);
}

static void a_message_is_removed_under_a_claim(void **state)
{
	(void)state;
	check_resolve(MODERATION_REMOVE, 0,
		      PG(FOUND(MESSAGE_ROW("0", "x")), CLAIM(REPORT),
			 RESOLVE("remove", "\\N", "true", "done"), AFTERWARDS),
		      DYNAMODB(MEMBERSHIP, DELETED_ALREADY));
	/* The conversation is gone. */
	check_resolve(MODERATION_REMOVE, 0,
		      PG(FOUND(MESSAGE_ROW("0", "x")), CLAIM(REPORT),
			 RESOLVE("remove", "\\N", "true", "done"), AFTERWARDS),
		      DYNAMODB(NO_ROW(OTHER)));
	/* Another request has the claim. */
	check_resolve(MODERATION_REMOVE, PROBLEM_REPORT_RESOLVED,
		      PG(FOUND(MESSAGE_ROW("0", "x")), CLAIM(NULL)), DYNAMODB_NONE);
	check_resolve(MODERATION_REMOVE, ERR_UNAVAILABLE,
		      PG(FOUND(MESSAGE_ROW("0", "x")),
			 {"reports_claim|" MOD "|" REPORT, .state = "57014"}),
		      DYNAMODB_NONE);
	/* A message that cannot be deleted leaves the report open. */
	check_resolve(MODERATION_REMOVE, ERR_INTERNAL,
		      PG(FOUND(MESSAGE_ROW("0", "x")), CLAIM(REPORT), RELEASE),
		      DYNAMODB(MEMBERSHIP, {"GetItem", .body = ITEM("{}")}));
	/* Other actions need no claim. */
	check_resolve(MODERATION_DISMISS, 0,
		      PG(FOUND(MESSAGE_ROW("0", "x")), RESOLVE("dismiss", "\\N", "false", "done"),
			 AFTERWARDS),
		      DYNAMODB_NONE);
}

static void a_report_is_resolved_once(void **state)
{
	(void)state;
	check_resolve(MODERATION_DISMISS, PROBLEM_REPORT_RESOLVED, PG(FOUND(RESOLVED_ROW)),
		      DYNAMODB_NONE);
	check_resolve(MODERATION_DISMISS, PROBLEM_REPORT_RESOLVED,
		      PG(FOUND(PERSON_ROW), RESOLVE("dismiss", "\\N", "false", "resolved")),
		      DYNAMODB_NONE);
}

static void decisions_that_cannot_be_made_are_refused(void **state)
{
	(void)state;
	check_resolve(MODERATION_DISMISS, ERR_NOT_FOUND, PG({FIND}), DYNAMODB_NONE);
	check_resolve(MODERATION_DISMISS, ERR_NOT_FOUND,
		      PG(FOUND(PERSON_ROW), RESOLVE("dismiss", "\\N", "false", "missing")),
		      DYNAMODB_NONE);
	check_resolve(MODERATION_REMOVE, PROBLEM_INVALID, PG(FOUND(PERSON_ROW)), DYNAMODB_NONE);
	check_resolve(MODERATION_DISMISS, ERR_UNAVAILABLE, PG({FIND, .state = "57014"}),
		      DYNAMODB_NONE);
	check_resolve(MODERATION_DISMISS, ERR_UNAVAILABLE,
		      PG(FOUND(PERSON_ROW), {"reports_resolve|" MOD "|" REPORT "|dismiss|\\N|false",
					     .state = "57014"}),
		      DYNAMODB_NONE);
	check_resolve(MODERATION_DISMISS, ERR_UNAVAILABLE,
		      PG(FOUND(PERSON_ROW), RESOLVE("dismiss", "\\N", "false", "done"),
			 {FIND, .state = "57014"}),
		      DYNAMODB_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_has_one_of_two_states),
		cmocka_unit_test(a_report_has_its_texts),
		cmocka_unit_test(lists_have_pages),
		cmocka_unit_test(a_decision_has_an_action),
		cmocka_unit_test(a_decision_is_written),
		cmocka_unit_test(a_message_is_removed_under_a_claim),
		cmocka_unit_test(a_report_is_resolved_once),
		cmocka_unit_test(decisions_that_cannot_be_made_are_refused),
	};

	return cmocka_run_group_tests_name("moderation", tests, NULL, NULL);
}
