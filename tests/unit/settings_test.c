/* settings_test.c - who may write to a person, and read receipts. */
#include "services.h"

#include "base/err.h"
#include "domain/settings.h"
#include "json/jsonin.h"
#include "web/problem.h"

#define ME    "11111111-1111-4111-8111-111111111111"
#define OTHER "22222222-2222-4222-8222-222222222222"
#define SHOW  "users_settings|" ME

static struct settings read_settings(const char *text, struct resp *resp)
{
	struct settings settings;
	json_auto *body = NULL;

	assert_int_equal(jsonin_object(slice_of(text), &body), 0);
	settings_read(body, resp, &settings);
	return settings;
}

static void settings_that_are_left_out_stay(void **state)
{
	static const char *const choices[] = {"everyone", "requests", "following", "nobody"};
	struct resp resp = {.body = BUF_INIT(64)};
	struct settings settings;

	(void)state;
	for (size_t i = 0; i < COUNT(choices); i++) {
		char text[64];

		snprintf(text, sizeof(text), "{\"messages_from\":\"%s\"}", choices[i]);
		settings = read_settings(text, &resp);
		assert_string_equal(settings.messages_from, choices[i]);
		assert_null(settings.read_receipts);
	}
	settings = read_settings("{\"read_receipts\":false,\"another\":1}", &resp);
	assert_null(settings.messages_from);
	assert_string_equal(settings.read_receipts, "false");
	settings = read_settings("{\"read_receipts\":true}", &resp);
	assert_string_equal(settings.read_receipts, "true");
	assert_int_equal(resp.codes_count, 0);
}

static void notifications_are_chosen_by_kind(void **state)
{
	struct resp resp = {.body = BUF_INIT(64)};
	struct settings settings;

	(void)state;
	settings =
		read_settings("{\"notify_replies\":\"everyone\",\"notify_mentions\":\"following\","
			      "\"notify_follows\":\"nobody\"}",
			      &resp);
	assert_string_equal(settings.notify[SETTINGS_REPLIES], "everyone");
	assert_string_equal(settings.notify[SETTINGS_MENTIONS], "following");
	assert_string_equal(settings.notify[SETTINGS_FOLLOWS], "nobody");
	assert_null(settings.notify[SETTINGS_LIKES]);
	assert_null(settings.notify[SETTINGS_REPOSTS]);
	assert_int_equal(resp.codes_count, 0);
	settings = read_settings("{\"notify_likes\":\"requests\",\"notify_reposts\":null}", &resp);
	assert_null(settings.notify[SETTINGS_LIKES]);
	assert_int_equal(resp.codes_count, 2);
	assert_string_equal(resp.codes[0], "notify_likes_invalid");
	assert_string_equal(resp.codes[1], "notify_reposts_invalid");
}

static void other_values_are_refused(void **state)
{
	static const char *const bodies[] = {
		"{\"messages_from\":null,\"read_receipts\":null}",
		"{\"messages_from\":\"Everyone\",\"read_receipts\":\"true\"}",
		"{\"messages_from\":\"nobody\\u0000\",\"read_receipts\":1}",
		"{\"messages_from\":\"nobody \",\"read_receipts\":[]}",
		"{\"messages_from\":true,\"read_receipts\":{}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct resp resp = {.body = BUF_INIT(64)};
		struct settings settings = read_settings(bodies[i], &resp);

		assert_null(settings.messages_from);
		assert_null(settings.read_receipts);
		assert_int_equal(resp.codes_count, 2);
		assert_string_equal(resp.codes[0], "messages_from_invalid");
		assert_string_equal(resp.codes[1], "read_receipts_invalid");
	}
}

#define COLUMNS                                                                                    \
	.columns = "messages_from read_receipts notify_replies notify_mentions notify_likes "      \
		   "notify_reposts notify_follows"
#define NOTIFY_ROW "|everyone|everyone|following|nobody|everyone"
#define NOTIFY                                                                                     \
	",\"notify_replies\":\"everyone\",\"notify_mentions\":\"everyone\","                       \
	"\"notify_likes\":\"following\",\"notify_reposts\":\"nobody\",\"notify_follows\":"         \
	"\"everyone\"}"

static void settings_are_shown_and_changed(void **state)
{
	const struct settings changes = {.messages_from = "nobody",
					 .notify = {[SETTINGS_LIKES] = "following"}};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({SHOW, COLUMNS, .rows = "everyone|t" NOTIFY_ROW},
			  {"users_settings_update|" ME "|nobody|\\N|\\N|\\N|following|\\N|\\N",
			   COLUMNS, .rows = "nobody|f" NOTIFY_ROW},
			  {SHOW, COLUMNS}, {SHOW, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(settings_show(all.ctx.db, ME, &all.resp), 0);
	assert_string_equal(all.resp.body.data,
			    "{\"messages_from\":\"everyone\",\"read_receipts\":true" NOTIFY);
	buf_reset(&all.resp.body);
	assert_int_equal(settings_change(all.ctx.db, ME, &changes, &all.resp), 0);
	assert_string_equal(all.resp.body.data,
			    "{\"messages_from\":\"nobody\",\"read_receipts\":false" NOTIFY);
	assert_int_equal(settings_show(all.ctx.db, ME, &all.resp), ERR_REFERENCE);
	assert_int_equal(settings_show(all.ctx.db, ME, &all.resp), ERR_UNAVAILABLE);
	services_stop(&all);
}

static void a_first_message_is_admitted_or_waits(void **state)
{
	static const struct {
		const char *row;
		int result;
		bool waits;
	} cases[] = {
		{"everyone|f", 0, false},
		{"everyone|t", 0, false},
		{"requests|f", 0, true},
		{"requests|t", 0, false},
		{"following|t", 0, false},
		{"following|f", PROBLEM_MESSAGES_NOT_ACCEPTED, false},
		{"nobody|t", PROBLEM_MESSAGES_NOT_ACCEPTED, false},
		{"nobody|f", PROBLEM_MESSAGES_NOT_ACCEPTED, false},
	};
	struct services all;
	bool waits;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct pgserver_step step = {"users_messages_from|" ME "|" OTHER,
						   .columns = "messages_from follows",
						   .rows = cases[i].row};

		services_start(&all, &step, 1, DYNAMODB_NONE);
		waits = !cases[i].waits;
		assert_int_equal(settings_admit(all.ctx.db, ME, OTHER, &waits), cases[i].result);
		assert_true(waits == (cases[i].result == 0 ? cases[i].waits : !cases[i].waits));
		services_stop(&all);
	}
	services_start(&all,
		       PG({"users_messages_from|" ME "|" OTHER, .columns = "messages_from follows"},
			  {"users_messages_from|" ME "|" OTHER, .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(settings_admit(all.ctx.db, ME, OTHER, &waits), ERR_NOT_FOUND);
	assert_int_equal(settings_admit(all.ctx.db, ME, OTHER, &waits), ERR_UNAVAILABLE);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_that_are_left_out_stay),
		cmocka_unit_test(notifications_are_chosen_by_kind),
		cmocka_unit_test(other_values_are_refused),
		cmocka_unit_test(settings_are_shown_and_changed),
		cmocka_unit_test(a_first_message_is_admitted_or_waits),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
