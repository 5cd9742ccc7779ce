/* activity_test.c - times to live of cruds, cruds as JSON, and lists of cruds. */
#include "services.h"

#include "base/err.h"
#include "domain/activity.h"
#include "limit.h"
#include "web/problem.h"

#define ME  "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define ONE "11111111-1111-4111-8111-111111111111"
#define TWO "22222222-2222-4222-8222-222222222222"
#define TOP "|infinity|ffffffff-ffff-ffff-ffff-ffffffffffff|"

#define COLUMNS                                                                                    \
	"uuid display_name handle message replies_count reposts_count likes_count "                \
	"reply_to_activity_uuid expires_at created_at liked reposted bookmarked"
#define ROW(uuid)  uuid "|Ada|ada|hello|3|2|1|\\N|2000000|1000000|t|f|t"
#define TIME(time) "1970-01-01T00:00:0" time ".000000+00:00"
#define JSON_OF_ALL(uuid)                                                                          \
	"{\"uuid\":\"" uuid "\",\"display_name\":\"Ada\",\"handle\":\"ada\","                      \
	"\"message\":\"hello\",\"replies_count\":3,\"reposts_count\":2,\"likes_count\":1,"         \
	"\"reply_to_activity_uuid\":null,\"expires_at\":\"" TIME("2") "\",\"created_at\":\"" TIME( \
		"1") "\""
#define JSON_OF(uuid) JSON_OF_ALL(uuid) ",\"liked\":true,\"reposted\":false,\"bookmarked\":true}"

static const struct page first_page = {.kind = &activity_page, .limit = 1, .path = SLICE("/p")};
static const struct page later_page = {.kind = &activity_page,
				       .limit = 1,
				       .path = SLICE("/p"),
				       .has_cursor = true,
				       .fields = {TIME("1"), ONE}};
static const struct page bad_page = {.kind = &activity_page,
				     .limit = 1,
				     .path = SLICE("/p"),
				     .has_cursor = true,
				     .fields = {"yesterday", ONE}};

static void each_ttl_has_an_interval(void **state)
{
	static const char *const pairs[][2] = {
		{"30-days", "30 days"}, {"7-days", "7 days"},	  {"3-days", "3 days"},
		{"1-day", "1 day"},	{"12-hours", "12 hours"}, {"3-hours", "3 hours"},
		{"1-hour", "1 hour"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++)
		assert_string_equal(activity_interval(slice_of(pairs[i][0])), pairs[i][1]);
}

static void other_texts_are_not_a_ttl(void **state)
{
	static const char *const bad[] = {"",	     "1",      "30 days",  "30-day", "30-days ",
					  "2-hours", "1-HOUR", "30-days1", "-days",  "100-years"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_null(activity_interval(slice_of(bad[i])));
	assert_null(activity_interval((struct slice){"1-hour\0", 7}));
}

/* A query result with one crud, as the SQL statements return it. */
static PGresult *one_crud(const char *reply_to)
{
	static const char *const values[ACTIVITY_COLUMNS] = {
		"4f1d7c52-0c0e-4b7e-9d52-1be3a6a0c9f4",
		"Zoë \"Z\"",
		"zoe",
		"a\nb",
		"3",
		"2",
		"1",
		NULL,
		"1795348800123456",
		"0",
		"t",
		"f",
		"t",
	};
	static const char *const names[ACTIVITY_COLUMNS] = {
		"uuid",		 "display_name",  "handle",	 "message",
		"replies_count", "reposts_count", "likes_count", "reply_to_activity_uuid",
		"expires_at",	 "created_at",	  "liked",	 "reposted",
		"bookmarked",
	};
	enum { REPLY_TO = 7 };
	PGresAttDesc columns[ACTIVITY_COLUMNS] = {0};
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);

	assert_non_null(result);
	for (int i = 0; i < ACTIVITY_COLUMNS; i++)
		columns[i].name = (char *)(uintptr_t)names[i];
	assert_true(PQsetResultAttrs(result, ACTIVITY_COLUMNS, columns));
	for (int i = 0; i < ACTIVITY_COLUMNS; i++) {
		const char *value = i == REPLY_TO ? reply_to : values[i];
		char copy[64] = "";

		if (value)
			memcpy(copy, value, strlen(value) + 1);
		assert_true(PQsetvalue(result, 0, i, value ? copy : NULL,
				       value ? (int)strlen(value) : -1));
	}
	return result;
}

static void check_written(const char *reply_to, bool signed_in, const char *expected)
{
	buf_auto buf = BUF_INIT(1024);
	PGresult *result = one_crud(reply_to);
	struct jsonout out;

	jsonout_begin(&out, &buf);
	activity_write(&out, result, 0, signed_in);
	assert_int_equal(jsonout_end(&out), 0);
	assert_string_equal(buf.data, expected);
	PQclear(result);
}

#define BEGINNING                                                                                  \
	"{\"uuid\":\"4f1d7c52-0c0e-4b7e-9d52-1be3a6a0c9f4\",\"display_name\":\"Zoë \\\"Z\\\"\","  \
	"\"handle\":\"zoe\",\"message\":\"a\\nb\",\"replies_count\":3,\"reposts_count\":2,"        \
	"\"likes_count\":1,\"reply_to_activity_uuid\":"
#define TIMES                                                                                      \
	",\"expires_at\":\"2026-11-22T12:00:00.123456+00:00\","                                    \
	"\"created_at\":\"1970-01-01T00:00:00.000000+00:00\""

static void a_crud_is_written_with_all_its_members(void **state)
{
	(void)state;
	check_written(NULL, false, BEGINNING "null" TIMES "}");
	check_written(NULL, true,
		      BEGINNING "null" TIMES
				",\"liked\":true,\"reposted\":false,\"bookmarked\":true}");
	check_written("0a5f2b1c-6d3e-4f7a-8b9c-1d2e3f4a5b61", false,
		      BEGINNING "\"0a5f2b1c-6d3e-4f7a-8b9c-1d2e3f4a5b61\"" TIMES "}");
}

static void home_has_a_page_of_cruds(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"activities_home|" ME TOP "2", .columns = COLUMNS,
			   .rows = ROW(ONE) "\n" ROW(TWO)},
			  {"activities_home|\\N|" TIME("1") "|" ONE "|2", .columns = COLUMNS,
			   .rows = ROW(TWO)},
			  {"activities_home|\\N" TOP "2", .state = "55000"}),
		       DYNAMODB_NONE);
	assert_int_equal(activity_home(all.ctx.db, ME, &first_page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON_OF(ONE) "]");
	services_check_link(&all, "next", "cruds|" TIME("1") "|" ONE);

	buf_reset(&all.resp.headers);
	assert_int_equal(activity_home(all.ctx.db, "", &later_page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON_OF_ALL(TWO) "}]");
	assert_false(services_has_link(&all));
	assert_int_equal(activity_home(all.ctx.db, "", &bad_page, &all.resp),
			 PROBLEM_CURSOR_INVALID);
	assert_int_equal(activity_home(all.ctx.db, "", &first_page, &all.resp), ERR_INTERNAL);
	services_stop(&all);
}

static void the_next_to_end_comes_first(void **state)
{
	static const struct page first = {.kind = &activity_ending_page,
					  .limit = 1,
					  .path = SLICE("/p")};
	static const struct page later = {.kind = &activity_ending_page,
					  .limit = 1,
					  .path = SLICE("/p"),
					  .has_cursor = true,
					  .fields = {TIME("2"), ONE}};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"activities_ending|" ME
			   "|-infinity|00000000-0000-0000-0000-000000000000|2",
			   .columns = COLUMNS, .rows = ROW(ONE) "\n" ROW(TWO)},
			  {"activities_ending|\\N|" TIME("2") "|" ONE "|2", .columns = COLUMNS,
			   .rows = ROW(TWO)}),
		       DYNAMODB_NONE);
	assert_int_equal(activity_ending(all.ctx.db, ME, &first, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON_OF(ONE) "]");
	services_check_link(&all, "next", "ending|" TIME("2") "|" ONE);

	buf_reset(&all.resp.headers);
	assert_int_equal(activity_ending(all.ctx.db, "", &later, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON_OF_ALL(TWO) "}]");
	assert_false(services_has_link(&all));
	assert_int_equal(activity_ending(all.ctx.db, "", &bad_page, &all.resp),
			 PROBLEM_CURSOR_INVALID);
	services_stop(&all);
}

#define PROFILE_COLUMNS                                                                            \
	COLUMNS " uuid handle display_name bio cruds_count followers_count following_count "       \
		"following followed_by blocking muting entry_at"
#define PROFILE_AT(time) "|" ME "|ada|Ada|\\N|2|12|8|t|f|f|f|" time
#define PROFILE		 PROFILE_AT("1000000")
#define LONGEST		 "abcdefghijklmnopqrstuvwxyz1234" /* LIMIT_HANDLE_MAX */
#define PROFILE_JSON(relation)                                                                     \
	"{\"profile\":{\"uuid\":\"" ME "\",\"handle\":\"ada\",\"display_name\":\"Ada\","           \
	"\"bio\":null,\"cruds_count\":2,\"followers_count\":12,\"following_count\":8" relation     \
	",\"avatar_url\":null},\"activities\":"
#define RELATION ",\"following\":true,\"followed_by\":false,\"blocking\":false,\"muting\":false"

static int of_user(struct services *all, const char *caller, struct slice handle,
		   const struct page *page)
{
	return activity_of_user(all->ctx.db, caller, handle, page, &all->resp);
}

static void a_person_has_a_profile_and_cruds(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"activities_by_user|\\N|ada" TOP "2|cruds", .columns = PROFILE_COLUMNS,
			   .rows = ROW(ONE) PROFILE "\n" ROW(TWO) PROFILE},
			  {"activities_by_user|" ME "|ada|" TIME("1") "|" ONE "|2|cruds",
			   .columns = PROFILE_COLUMNS, .rows = ROW(TWO) PROFILE},
			  {"activities_by_user|\\N|ada" TOP "2|cruds", .columns = PROFILE_COLUMNS,
			   .rows = "\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N|\\N" PROFILE_AT(
				   "\\N")},
			  {"activities_by_user|\\N|bob" TOP "2|cruds", .columns = PROFILE_COLUMNS},
			  {"activities_by_user|\\N|bob" TOP "2|cruds", .state = "40001"},
			  {"activities_by_user|\\N|bob" TOP "2|cruds", .state = "40001"},
			  {"activities_by_user|\\N|" LONGEST TOP "2|cruds",
			   .columns = PROFILE_COLUMNS}),
		       DYNAMODB_NONE);
	assert_int_equal(of_user(&all, "", SLICE("ada"), &first_page), 0);
	assert_string_equal(all.resp.body.data, PROFILE_JSON("") "[" JSON_OF_ALL(ONE) "}]}");
	services_check_link(&all, "next", "cruds|" TIME("1") "|" ONE);
	assert_int_equal(of_user(&all, ME, SLICE("ada"), &later_page), 0);
	assert_string_equal(all.resp.body.data, PROFILE_JSON(RELATION) "[" JSON_OF(TWO) "]}");
	assert_int_equal(of_user(&all, "", SLICE("ada"), &first_page), 0);
	assert_string_equal(all.resp.body.data, PROFILE_JSON("") "[]}");

	assert_int_equal(of_user(&all, "", SLICE("bob"), &first_page), ERR_NOT_FOUND);
	assert_int_equal(of_user(&all, "", SLICE("bob"), &first_page), ERR_UNAVAILABLE);
	assert_int_equal(of_user(&all, "", SLICE(LONGEST), &first_page), ERR_NOT_FOUND);
	assert_int_equal(of_user(&all, "", SLICE("b b"), &first_page), ERR_NOT_FOUND);
	assert_int_equal(of_user(&all, "", SLICE("bob"), &bad_page), PROBLEM_CURSOR_INVALID);
	services_stop(&all);
}

static void a_person_has_replies_and_reposts(void **state)
{
	struct page page = {.kind = &activity_user_pages[2], .limit = 1, .path = SLICE("/p")};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"activities_by_user|\\N|ada" TOP "2|reposts", .columns = PROFILE_COLUMNS,
			   .rows = ROW(ONE) PROFILE_AT("5000000") "\n" ROW(TWO)
				   PROFILE_AT("4000000")}),
		       DYNAMODB_NONE);
	assert_int_equal(activity_of_user(all.ctx.db, "", SLICE("ada"), &page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, PROFILE_JSON("") "[" JSON_OF_ALL(ONE) "}]}");
	services_check_link(&all, "next", "reposts|" TIME("5") "|" ONE);
	services_stop(&all);
}

static void the_latest_bookmark_comes_first(void **state)
{
	static const struct page page = {.kind = &activity_bookmarks_page,
					 .limit = 1,
					 .path = SLICE("/p")};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"bookmarks_list|" ME TOP "2", .columns = COLUMNS " bookmarked_at",
			   .rows = ROW(ONE) "|5000000\n" ROW(TWO) "|4000000"}),
		       DYNAMODB_NONE);
	assert_int_equal(activity_bookmarks(all.ctx.db, ME, &page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON_OF(ONE) "]");
	services_check_link(&all, "next", "bookmarks|" TIME("5") "|" ONE);
	services_stop(&all);
}

static void a_crud_is_shown_with_its_replies(void **state)
{
	struct services all;

	(void)state;
	services_start(
		&all,
		PG({"activities_show|" ME "|" ONE "|ada" TOP "2|20", .columns = COLUMNS " place",
		    .rows = ROW(ONE) "|0\n" ROW(ME) "|98\n" ROW(TWO) "|99\n" ROW(TWO) "|100\n" ROW(
			    ME) "|100"},
		   {"activities_show|\\N|" ONE "|\\N|" TIME("1") "|" ONE "|2|20",
		    .columns = COLUMNS " place", .rows = ROW(ONE) "|0"},
		   {"activities_show|\\N|" ONE "|\\N" TOP "2|20", .columns = COLUMNS " place",
		    .rows = ROW(TWO) "|99"},
		   {"activities_show|\\N|" ONE "|\\N" TOP "2|20", .columns = COLUMNS " place"},
		   {"activities_show|\\N|" ONE "|\\N" TOP "2|20", .state = "57014"}),
		DYNAMODB_NONE);
	assert_int_equal(activity_show(all.ctx.db, ME, ONE, SLICE("ada"), &first_page, &all.resp),
			 0);
	assert_string_equal(all.resp.body.data,
			    "{\"activity\":" JSON_OF(ONE) ",\"ancestors\":[" JSON_OF(
				    ME) "," JSON_OF(TWO) "],\"replies\":[" JSON_OF(TWO) "]}");
	services_check_link(&all, "next", "cruds|" TIME("1") "|" TWO);
	buf_reset(&all.resp.headers);
	assert_int_equal(activity_show(all.ctx.db, "", ONE, SLICE(""), &later_page, &all.resp), 0);
	assert_string_equal(all.resp.body.data,
			    "{\"activity\":" JSON_OF_ALL(ONE) "},\"ancestors\":[],\"replies\":[]}");
	assert_false(services_has_link(&all));
	assert_int_equal(activity_show(all.ctx.db, "", ONE, SLICE(""), &first_page, &all.resp),
			 ERR_NOT_FOUND);
	assert_int_equal(activity_show(all.ctx.db, "", ONE, SLICE(""), &first_page, &all.resp),
			 ERR_NOT_FOUND);
	assert_int_equal(activity_show(all.ctx.db, "", ONE, SLICE(""), &first_page, &all.resp),
			 ERR_UNAVAILABLE);
	assert_int_equal(activity_show(all.ctx.db, "", ONE, SLICE(""), &bad_page, &all.resp),
			 PROBLEM_CURSOR_INVALID);
	services_stop(&all);
}

#define FOUND_COLUMNS COLUMNS " rank until"

static void a_search_asks_for_its_words(void **state)
{
	static const struct page page = {.kind = &activity_search_page,
					 .limit = 1,
					 .path = SLICE("/p")};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({"activities_search|" ME "|w1 w2|infinity|infinity" TOP "2",
			   .columns = FOUND_COLUMNS,
			   .rows = ROW(ONE) "|0.5|3000000\n" ROW(TWO) "|0.25|3000000"},
			  {"activities_search|\\N||infinity|infinity" TOP "2",
			   .columns = FOUND_COLUMNS},
			  {"activities_search|\\N|x|infinity|infinity" TOP "2", .state = "57014"}),
		       DYNAMODB_NONE);
	assert_int_equal(activity_search(all.ctx.db, ME, SLICE("w1 w2"), &page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[" JSON_OF(ONE) "]");
	services_check_link(&all, "next", "found|" TIME("3") "|0.5|f|" TIME("1") "|" ONE);
	assert_int_equal(activity_search(all.ctx.db, "", SLICE(""), &page, &all.resp), 0);
	assert_string_equal(all.resp.body.data, "[]");
	assert_int_equal(activity_search(all.ctx.db, "", SLICE("x"), &page, &all.resp),
			 ERR_UNAVAILABLE);
	services_stop(&all);
}

/* Whichever choice an earlier worker has written into the cursor. */
static void a_later_page_of_a_search_begins_at_its_place(void **state)
{
	static const char *const choices[] = {"t", "f"};

	(void)state;
	for (size_t i = 0; i < COUNT(choices); i++) {
		struct page page = {.kind = &activity_search_page,
				    .limit = 1,
				    .has_cursor = true,
				    .fields = {TIME("3"), "0.5", choices[i], TIME("1"), ONE}};
		struct services all;

		services_start(&all,
			       PG({"activities_search|\\N|x|" TIME("3") "|0.5|" TIME("1") "|" ONE
											  "|2",
				   .columns = FOUND_COLUMNS, .rows = ROW(TWO) "|0.25|3000000"}),
			       DYNAMODB_NONE);
		assert_int_equal(activity_search(all.ctx.db, "", SLICE("x"), &page, &all.resp), 0);
		assert_string_equal(all.resp.body.data, "[" JSON_OF_ALL(TWO) "}]");
		assert_false(services_has_link(&all));
		services_stop(&all);
	}
}

static void cursors_of_a_search_are_checked(void **state)
{
	static const char *const cursors[][5] = {
		{"never", "0.5", "t", TIME("1"), ONE},
		{"1969-12-31T23:59:59.000000+00:00", "0.5", "t", TIME("1"), ONE},
		{TIME("3"), "", "t", TIME("1"), ONE},
		{TIME("3"), "0.5x", "t", TIME("1"), ONE},
		{TIME("3"), "-0.1", "t", TIME("1"), ONE},
		{TIME("3"), "1.1", "t", TIME("1"), ONE},
		{TIME("3"), "nan", "t", TIME("1"), ONE},
		{TIME("3"), "0.5", "true", TIME("1"), ONE},
		{TIME("3"), "0.5", "t", "never", ONE},
		{TIME("3"), "0.5", "t", TIME("1"), "1"},
	};
	struct services all;

	(void)state;
	services_start(&all, PG_NONE, DYNAMODB_NONE);
	for (size_t i = 0; i < COUNT(cursors); i++) {
		struct page page = {.kind = &activity_search_page, .limit = 1, .has_cursor = true};

		memcpy(page.fields, cursors[i], sizeof(cursors[i]));
		assert_int_equal(activity_search(all.ctx.db, "", SLICE("x"), &page, &all.resp),
				 PROBLEM_CURSOR_INVALID);
	}
	services_stop(&all);
}

static void the_edges_of_a_rank_are_a_place(void **state)
{
	static const char *const ranks[] = {"0", "1"};

	(void)state;
	for (size_t i = 0; i < COUNT(ranks); i++) {
		struct page page = {.kind = &activity_search_page,
				    .limit = 1,
				    .has_cursor = true,
				    .fields = {"1970-01-01T00:00:00.000000+00:00", ranks[i], "f",
					       TIME("1"), ONE}};
		struct services all;

		services_start(&all, PG({.columns = FOUND_COLUMNS}), DYNAMODB_NONE);
		assert_int_equal(activity_search(all.ctx.db, "", SLICE("x"), &page, &all.resp), 0);
		services_stop(&all);
	}
}

static void a_term_of_the_longest_characters_fits(void **state)
{
	static char term[LIMIT_SEARCH_TERM * 4 + 1];
	static const struct page page = {.kind = &activity_search_page, .limit = 1};
	struct services all;

	(void)state;
	memset(term, 'x', sizeof(term));
	services_start(&all, PG({.columns = FOUND_COLUMNS}), DYNAMODB_NONE);
	assert_int_equal(activity_search(all.ctx.db, "", (struct slice){term, sizeof(term) - 1},
					 &page, &all.resp),
			 0);
	assert_int_equal(activity_search(all.ctx.db, "", (struct slice){term, sizeof(term)}, &page,
					 &all.resp),
			 ERR_INTERNAL);
	services_stop(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_ttl_has_an_interval),
		cmocka_unit_test(other_texts_are_not_a_ttl),
		cmocka_unit_test(a_crud_is_written_with_all_its_members),
		cmocka_unit_test(home_has_a_page_of_cruds),
		cmocka_unit_test(the_next_to_end_comes_first),
		cmocka_unit_test(a_person_has_a_profile_and_cruds),
		cmocka_unit_test(a_person_has_replies_and_reposts),
		cmocka_unit_test(the_latest_bookmark_comes_first),
		cmocka_unit_test(a_crud_is_shown_with_its_replies),
		cmocka_unit_test(a_search_asks_for_its_words),
		cmocka_unit_test(a_later_page_of_a_search_begins_at_its_place),
		cmocka_unit_test(cursors_of_a_search_are_checked),
		cmocka_unit_test(the_edges_of_a_rank_are_a_place),
		cmocka_unit_test(a_term_of_the_longest_characters_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
