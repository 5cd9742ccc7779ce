/* page_test.c - limits and cursors of requests, and links to the next page. */
#include "unit.h"

#include "base/base64url.h"
#include "base/err.h"
#include "web/page.h"
#include "web/problem.h"

static const struct page_kind one_field = {"things", 1};
static const struct page_kind two_fields = {"things", 2};

static struct buf scratch = BUF_INIT(4096);
static struct resp resp = {.headers = BUF_INIT(2048)};
static char *no_env[] = {NULL};

static struct req request(const char *query)
{
	buf_reset(&scratch);
	buf_reset(&resp.headers);
	return (struct req){
		.method = "GET",
		.path = SLICE("/api/things"),
		.query = slice_of(query),
		.env = no_env,
		.scratch = &scratch,
	};
}

/* The first page of a list for `req`, with a limit of 7. */
static struct page page_of(const struct req *req, const struct page_kind *kind)
{
	return (struct page){.kind = kind, .limit = 7, .path = req->path, .query = req->query};
}

static int teardown(void **state)
{
	(void)state;
	buf_dispose(&scratch);
	buf_dispose(&resp.headers);
	return 0;
}

static void limits_are_checked(void **state)
{
	static const struct {
		const char *query;
		int limit; /* or the error */
	} cases[] = {
		{"", 20},
		{"limit=1", 1},
		{"limit=100", 100},
		{"limit=007", 7},
		{"limit=0007", PROBLEM_LIMIT_INVALID},
		{"limit=0", PROBLEM_LIMIT_INVALID},
		{"limit=101", PROBLEM_LIMIT_INVALID},
		{"limit=-1", PROBLEM_LIMIT_INVALID},
		{"limit=+1", PROBLEM_LIMIT_INVALID},
		{"limit=", PROBLEM_LIMIT_INVALID},
		{"limit=abc", PROBLEM_LIMIT_INVALID},
		{"limit=1.5", PROBLEM_LIMIT_INVALID},
		{"limit=99999999999999999999", PROBLEM_LIMIT_INVALID},
		{"limit=1&limit=2", PROBLEM_QUERY_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct req req = request(cases[i].query);
		struct page page;
		int r = page_from_query(&req, &one_field, &page);

		assert_int_equal(r < 0 ? r : page.limit, cases[i].limit);
	}
}

static void one_of_several_lists_is_named(void **state)
{
	static const struct page_kind kinds[] = {{"cruds", 1}, {"replies", 1}};
	static const struct {
		const char *query;
		const struct page_kind *kind;
		int result;
	} cases[] = {
		{"", &kinds[0], 0},
		{"kind=cruds", &kinds[0], 0},
		{"kind=replies&limit=2", &kinds[1], 0},
		{"kind=likes", NULL, PROBLEM_INVALID},
		{"kind=", NULL, PROBLEM_INVALID},
		{"kind=cruds&kind=cruds", NULL, PROBLEM_QUERY_INVALID},
		{"kind=replies&limit=0", NULL, PROBLEM_LIMIT_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct req req = request(cases[i].query);
		struct resp answer = {0};
		struct page page;

		assert_int_equal(page_of_kind_from_query(&req, kinds, COUNT(kinds), &answer, &page),
				 cases[i].result);
		if (cases[i].kind)
			assert_ptr_equal(page.kind, cases[i].kind);
		assert_int_equal(answer.codes_count, cases[i].result == PROBLEM_INVALID);
		if (answer.codes_count > 0)
			assert_string_equal(answer.codes[0], "kind_invalid");
	}
}

/* Copy the query of the written Link header. */
static void link_query(char *to, size_t size)
{
	const char *start = strchr(resp.headers.data, '?') + 1;
	const char *end = strchr(start, '>');

	assert_true((size_t)(end - start) < size);
	memcpy(to, start, (size_t)(end - start));
	to[end - start] = '\0';
}

static void a_cursor_survives_its_link(void **state)
{
	const char *fields[] = {"2026-11-22T12:00:00.123456+00:00", ""};
	struct req req = request("limit=7&term=a%20b&cursor=old&limit2=3");
	struct page page = page_of(&req, &two_fields);
	char query[512];

	(void)state;
	assert_int_equal(page_next(&page, fields, &resp), 0);
	assert_non_null(strstr(resp.headers.data, "Link: </api/things?"));
	assert_non_null(strstr(resp.headers.data, ">; rel=\"next\"\r\n"));
	link_query(query, sizeof(query));
	assert_null(strstr(query, "old"));
	assert_non_null(strstr(query, "term=a%20b&"));
	assert_non_null(strstr(query, "limit2=3&"));

	req = request(query);
	assert_int_equal(page_from_query(&req, &two_fields, &page), 0);
	assert_true(page.has_cursor);
	assert_int_equal(page.limit, 7);
	assert_string_equal(page.fields[0], fields[0]);
	assert_string_equal(page.fields[1], fields[1]);
}

static void both_links_are_one_header(void **state)
{
	struct req req = request("before=a&around=b&%61fter=c&after&%63ursor=x&term=d");
	struct page page = page_of(&req, &one_field);
	const char *next[] = {"1"}, *prev[] = {"2"};

	(void)state;
	assert_int_equal(page_links(&page, next, prev, &resp), 0);
	assert_string_equal(resp.headers.data,
			    "Link: </api/things?term=d&limit=7&cursor=dGhpbmdzfDE>; rel=\"next\", "
			    "</api/things?term=d&limit=7&cursor=dGhpbmdzfDI>; rel=\"prev\"\r\n");
	buf_reset(&resp.headers);
	assert_int_equal(page_links(&page, NULL, prev, &resp), 0);
	assert_string_equal(
		resp.headers.data,
		"Link: </api/things?term=d&limit=7&cursor=dGhpbmdzfDI>; rel=\"prev\"\r\n");
	buf_reset(&resp.headers);
	assert_int_equal(page_links(&page, NULL, NULL, &resp), 0);
	assert_int_equal(resp.headers.len, 0);
}

static void a_query_cannot_break_out_of_the_link(void **state)
{
	struct req req = request("a=>;rel=\"x\"&b=\r\nSet-Cookie:x&c=1");
	const char *fields[] = {"1"};
	struct page page = page_of(&req, &one_field);

	(void)state;
	assert_int_equal(page_next(&page, fields, &resp), 0);
	assert_null(strstr(resp.headers.data, "Set-Cookie"));
	assert_null(strstr(resp.headers.data, "rel=\"x\""));
	assert_non_null(strstr(resp.headers.data, "c=1&"));
}

static int read_cursor(const char *plain, size_t len, const char *kind, size_t fields)
{
	buf_auto query = BUF_INIT(1024);
	const struct page_kind list = {kind, fields};
	struct req req;
	struct page page;

	buf_puts(&query, "cursor=");
	base64url_encode((struct slice){plain, len}, &query);
	req = request(query.data);
	return page_from_query(&req, &list, &page);
}

static void foreign_and_malformed_cursors_are_refused(void **state)
{
	static char long_field[400];
	struct req req;
	struct page page;

	(void)state;
	memset(long_field, 'x', sizeof(long_field));
	memcpy(long_field, "things|", 7);
	assert_int_equal(read_cursor("things|1|2", 10, "things", 2), 0);
	assert_int_equal(read_cursor("things|1", 8, "things", 2), PROBLEM_CURSOR_INVALID);
	assert_int_equal(read_cursor("things|1|2|3", 12, "things", 2), PROBLEM_CURSOR_INVALID);
	assert_int_equal(read_cursor("others|1|2", 10, "things", 2), PROBLEM_CURSOR_INVALID);
	assert_int_equal(read_cursor("thing|1|2", 9, "things", 2), PROBLEM_CURSOR_INVALID);
	assert_int_equal(read_cursor("things", 6, "things", 0), PROBLEM_CURSOR_INVALID);
	assert_int_equal(read_cursor("things|1\0|2", 11, "things", 2), PROBLEM_CURSOR_INVALID);
	assert_int_equal(read_cursor(long_field, sizeof(long_field), "things", 1),
			 PROBLEM_CURSOR_INVALID);
	req = request("cursor=");
	assert_int_equal(page_from_query(&req, &one_field, &page), PROBLEM_CURSOR_INVALID);
	req = request("cursor=***");
	assert_int_equal(page_from_query(&req, &one_field, &page), PROBLEM_CURSOR_INVALID);
}

static void fields_that_are_too_long_are_an_error(void **state)
{
	static char field[300];
	const char *fields[] = {field};
	struct req req = request("");
	struct page page = page_of(&req, &one_field);

	(void)state;
	memset(field, 'x', sizeof(field) - 1);
	assert_int_equal(page_next(&page, fields, &resp), ERR_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_checked),
		cmocka_unit_test(one_of_several_lists_is_named),
		cmocka_unit_test(a_cursor_survives_its_link),
		cmocka_unit_test(both_links_are_one_header),
		cmocka_unit_test(a_query_cannot_break_out_of_the_link),
		cmocka_unit_test(foreign_and_malformed_cursors_are_refused),
		cmocka_unit_test(fields_that_are_too_long_are_an_error),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, teardown);
}
