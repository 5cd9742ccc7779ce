/* activity_test.c - times to live of cruds, and cruds as JSON, without a database. */
#include "unit.h"

#include "domain/activity.h"

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
	};
	static const char *const names[ACTIVITY_COLUMNS] = {
		"uuid",		 "display_name",  "handle",	 "message",
		"replies_count", "reposts_count", "likes_count", "reply_to_activity_uuid",
		"expires_at",	 "created_at",	  "liked",	 "reposted",
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
	check_written(NULL, true, BEGINNING "null" TIMES ",\"liked\":true,\"reposted\":false}");
	check_written("0a5f2b1c-6d3e-4f7a-8b9c-1d2e3f4a5b61", false,
		      BEGINNING "\"0a5f2b1c-6d3e-4f7a-8b9c-1d2e3f4a5b61\"" TIMES "}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_ttl_has_an_interval),
		cmocka_unit_test(other_texts_are_not_a_ttl),
		cmocka_unit_test(a_crud_is_written_with_all_its_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
