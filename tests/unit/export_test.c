/* export_test.c - the parts of an export, and its request. */
#include "services.h"

#include "base/err.h"
#include "domain/export.h"
#include "web/problem.h"

#define ME	"5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define PART	"exports_part|" ME "|"
#define REQUEST "exports_request|" ME
#define COLUMNS .columns = "ready requested_at lines more"
#define LINES	"{\"type\":\"end\",\"lines\":0}"

static struct page page_at(const char *cursor)
{
	struct page page = {.kind = &export_page,
			    .limit = 20,
			    .has_cursor = cursor != NULL,
			    .fields = {cursor},
			    .path = SLICE("/api/users/me/export"),
			    .query = SLICE("")};

	return page;
}

static int show(struct services *all, const char *cursor)
{
	const struct page page = page_at(cursor);

	buf_reset(&all->resp.headers);
	all->resp.status = 200;
	return export_show(&all->ctx, ME, &page, &all->resp);
}

static void the_first_request_begins_it(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({PART "0", COLUMNS},
			  {REQUEST, .columns = "requested_at", .rows = "1800000000000000"},
			  {PART "0", COLUMNS, .rows = "f|1800000000000000|\\N|f"}),
		       DYNAMODB_NONE);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(show(&all, NULL), 0);
		assert_int_equal(all.resp.status, 202);
		assert_string_equal(all.resp.body.data,
				    "{\"requested_at\":\"2027-01-15T08:00:00.000000+00:00\"}");
		assert_string_equal(all.resp.headers.data, "Retry-After: 30\r\n");
	}
	services_stop(&all);
}

static void parts_lead_to_each_other(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({PART "0", COLUMNS, .rows = "t|1800000000000000|" LINES "|t"},
			  {PART "1", COLUMNS, .rows = "t|1800000000000000|" LINES "|f"}),
		       DYNAMODB_NONE);
	assert_int_equal(show(&all, NULL), 0);
	assert_int_equal(all.resp.status, 200);
	assert_string_equal(all.resp.content_type, "application/jsonl");
	assert_string_equal(all.resp.body.data, LINES);
	assert_non_null(strstr(all.resp.headers.data, "attachment"));
	/* export|1 */
	assert_non_null(strstr(all.resp.headers.data, "cursor=ZXhwb3J0fDE>; rel=\"next\""));
	assert_int_equal(show(&all, "1"), 0);
	assert_null(strstr(all.resp.headers.data, "Link"));
	services_stop(&all);
}

static void other_parts_are_refused(void **state)
{
	static const char *const wrong[] = {"x", "-1", "", "1000001"};
	struct services all;

	(void)state;
	services_start(&all,
		       PG({PART "7", COLUMNS, .rows = "t|1800000000000000|\\N|f"},
			  {PART "7", COLUMNS}),
		       DYNAMODB_NONE);
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_int_equal(show(&all, wrong[i]), PROBLEM_CURSOR_INVALID);
	assert_int_equal(show(&all, "7"), PROBLEM_CURSOR_INVALID);
	/* a cursor does not begin an export */
	assert_int_equal(show(&all, "7"), PROBLEM_CURSOR_INVALID);
	services_stop(&all);
}

static void failures_are_passed_on(void **state)
{
	struct services all;

	(void)state;
	services_start(&all,
		       PG({PART "0", .state = "57014"}, {PART "0", COLUMNS},
			  {REQUEST, .state = "23503"}),
		       DYNAMODB_NONE);
	assert_int_equal(show(&all, NULL), ERR_UNAVAILABLE);
	assert_int_equal(show(&all, NULL), ERR_REFERENCE);
	services_stop(&all);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_request_begins_it),
		cmocka_unit_test(parts_lead_to_each_other),
		cmocka_unit_test(other_parts_are_refused),
		cmocka_unit_test(failures_are_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
