/* row_test.c - rows of a result as JSON, in a result that libpq makes without a server. */
#include "db/row.h"

#include "unit.h"

static const struct column columns[] = {
	{"text", COLUMN_TEXT}, {"note", COLUMN_NULLABLE}, {"count", COLUMN_INTEGER},
	{"flag", COLUMN_BOOL}, {"time", COLUMN_TIME},	  {"end", COLUMN_NULLABLE_TIME},
};
#define COLUMNS ((int)COUNT(columns))

/* One column that is not in the table, then those of the table. */
static PGresult *result_of(const char *const values[COLUMNS])
{
	static const char *const names[] = {"other", "text", "note", "count",
					    "flag",  "time", "end"};
	PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc attributes[COLUMNS + 1] = {{0}};

	assert_non_null(result);
	for (int i = 0; i <= COLUMNS; i++)
		attributes[i].name = (char *)(uintptr_t)names[i];
	assert_true(PQsetResultAttrs(result, COLUMNS + 1, attributes));
	assert_true(PQsetvalue(result, 0, 0, (char *)(uintptr_t) "other", 5));
	for (int i = 0; i < COLUMNS; i++)
		assert_true(PQsetvalue(result, 0, i + 1, (char *)(uintptr_t)values[i],
				       values[i] ? (int)strlen(values[i]) : -1));
	return result;
}

static void assert_row(const char *const values[COLUMNS], int count, const char *want)
{
	PGresult *result = result_of(values);
	buf_auto buf = BUF_INIT(1024);
	struct jsonout out;

	jsonout_begin(&out, &buf);
	jsonout_object(&out);
	row_write(&out, result, 0, 1, columns, count);
	jsonout_object_end(&out);
	assert_true(slice_is(buf_slice(&buf), want));
	PQclear(result);
}

static void each_type(void **state)
{
	(void)state;
	assert_row((const char *const[]){"say \"hi\"", "x", "-7", "t", "1500000", "0"}, COLUMNS,
		   "{\"text\":\"say \\\"hi\\\"\",\"note\":\"x\",\"count\":-7,\"flag\":true,"
		   "\"time\":\"1970-01-01T00:00:01.500000+00:00\","
		   "\"end\":\"1970-01-01T00:00:00.000000+00:00\"}");
	assert_row((const char *const[]){"", "", "0", "f", "0", NULL}, COLUMNS,
		   "{\"text\":\"\",\"note\":\"\",\"count\":0,\"flag\":false,"
		   "\"time\":\"1970-01-01T00:00:00.000000+00:00\",\"end\":null}");
}

static void null_text_is_null(void **state)
{
	(void)state;
	assert_row((const char *const[]){"a", NULL, "0", "f", "0", NULL}, 2,
		   "{\"text\":\"a\",\"note\":null}");
}

static void only_the_first_columns(void **state)
{
	(void)state;
	assert_row((const char *const[]){"a", "b", "1", "t", "0", NULL}, 1, "{\"text\":\"a\"}");
	assert_row((const char *const[]){"a", "b", "1", "t", "0", NULL}, 0, "{}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type),
		cmocka_unit_test(null_text_is_null),
		cmocka_unit_test(only_the_first_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
