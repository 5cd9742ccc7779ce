/* req_test.c - a request is read strictly: path, query, headers, content type. */
#include "unit.h"

#include <stdio.h>

#include "base/err.h"
#include "base/uuid.h"
#include "json/jsonin.h"
#include "web/problem.h"
#include "web/req.h"

static struct buf scratch = BUF_INIT(32768);
static char *no_env[] = {NULL};

static struct req request(const char *path, const char *query)
{
	buf_reset(&scratch);
	return (struct req){
		.method = "GET",
		.path = slice_of(path),
		.query = slice_of(query),
		.env = no_env,
		.scratch = &scratch,
	};
}

static int teardown(void **state)
{
	(void)state;
	buf_dispose(&scratch);
	return 0;
}

static void paths_match_whole_segments(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} cases[] = {
		{"/api/messages", "/api/messages", true},
		{"/api/messages", "/api/messages/", false},
		{"/api/messages", "/api//messages", false},
		{"/api/messages", "//api/messages", false},
		{"/api/messages", "/api/message", false},
		{"/api/messages", "/api/messages2", false},
		{"/api/messages", "/api/%6dessages", true},
		{"/api/messages", "/api/x/../messages", false},
		{"/api/messages", "", false},
		{"/api/messages", "/", false},
		{"/api/messages/{group}", "/api/messages/1", true},
		{"/api/messages/{group}", "/api/messages/", false},
		{"/api/messages/{group}", "/api/messages", false},
		{"/api/messages/{group}", "/api/messages/1/2", false},
		{"/api/messages/{group}", "/api/messages/%00", false},
		{"/api/messages/{group}", "/api/messages/%", false},
		{"/api/messages/{group}", "/api/messages/%zz", false},
		{"/api/messages/{group}", "/api/messages/%ff", false},
		{"/api/messages/{group}", "/api/messages%2f1", false},
		{"/api/users/@{handle}/short", "/api/users/@andrew/short", true},
		{"/api/users/@{handle}/short", "/api/users/%40andrew/short", true},
		{"/api/users/@{handle}/short", "/api/users/andrew/short", false},
		{"/api/users/@{handle}/short", "/api/users/@/short", false},
		{"/api/groups/{uuid}/read", "/api/groups/1/write", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct req req = request(cases[i].path, "");

		assert_int_equal(req_match(&req, cases[i].pattern),
				 cases[i].matches ? 0 : ERR_NOT_FOUND);
	}
}

static void parts_of_the_path_are_decoded_once(void **state)
{
	struct req req = request("/api/messages/a%252Fb%2Fc/@d", "");

	(void)state;
	assert_int_equal(req_match(&req, "/api/messages/{group}/@{handle}"), 0);
	assert_true(slice_is(req_param(&req, "group"), "a%2Fb/c"));
	assert_true(slice_is(req_param(&req, "handle"), "d"));
	assert_int_equal(req_param(&req, "other").len, 0);
}

static void a_uuid_in_the_path_is_lower_case(void **state)
{
	struct req req = request("/api/messages/5AE290ED-55D1-47A0-BC6D-FE2BC2700399", "");
	char uuid[UUID_SIZE];

	(void)state;
	assert_int_equal(req_match(&req, "/api/messages/{group}"), 0);
	assert_int_equal(req_param_uuid(&req, "group", uuid), 0);
	assert_string_equal(uuid, "5ae290ed-55d1-47a0-bc6d-fe2bc2700399");

	req = request("/api/messages/5ae290ed", "");
	assert_int_equal(req_match(&req, "/api/messages/{group}"), 0);
	assert_int_equal(req_param_uuid(&req, "group", uuid), ERR_NOT_FOUND);
}

static void query_parameters_are_found_and_decoded(void **state)
{
	struct req req = request("/", "limit=5&term=a+b%26c%3D%C3%A9&empty=&flag");
	struct slice value;

	(void)state;
	assert_int_equal(req_query(&req, "limit", &value), 0);
	assert_true(slice_is(value, "5"));
	assert_int_equal(req_query(&req, "term", &value), 0);
	assert_true(slice_is(value, "a b&c=é"));
	assert_int_equal(req_query(&req, "empty", &value), 0);
	assert_int_equal(value.len, 0);
	assert_int_equal(req_query(&req, "flag", &value), 0);
	assert_int_equal(value.len, 0);
	assert_int_equal(req_query(&req, "limi", &value), ERR_NOT_FOUND);
}

static void a_bad_query_is_refused(void **state)
{
	static const char *const queries[] = {"limit=1&limit=2", "limit=%",   "limit=%0",
					      "limit=%00",	 "limit=%ff", "limit=%ed%a0%80",
					      "%zz=1&limit=1"};
	struct slice value;

	(void)state;
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct req req = request("/", queries[i]);

		assert_int_equal(req_query(&req, "limit", &value), PROBLEM_QUERY_INVALID);
	}
}

static void a_query_longer_than_the_scratch_is_an_error(void **state)
{
	static char query[40000];
	struct req req;
	struct slice value;

	(void)state;
	memset(query, 'a', sizeof(query) - 1);
	req = request("/", query);
	assert_int_equal(req_query(&req, "limit", &value), ERR_NO_MEMORY);
}

static void uuids_in_the_query_are_checked(void **state)
{
	struct req req = request("/", "after=5AE290ED-55D1-47A0-BC6D-FE2BC2700399&bad=1");
	char uuid[UUID_SIZE];
	bool given;

	(void)state;
	assert_int_equal(req_query_uuid(&req, "after", &given, uuid), 0);
	assert_true(given);
	assert_string_equal(uuid, "5ae290ed-55d1-47a0-bc6d-fe2bc2700399");
	assert_int_equal(req_query_uuid(&req, "before", &given, uuid), 0);
	assert_false(given);
	assert_int_equal(req_query_uuid(&req, "bad", &given, uuid), ERR_INVALID);
}

/* Decoded texts must stay valid while more text is decoded. */
static void decoded_texts_stay_valid(void **state)
{
	struct req req = request("/first-part/@second", "");
	struct slice term;
	char query[4096];

	(void)state;
	buf_dispose(&scratch);
	assert_int_equal(req_match(&req, "/{one}/@{two}"), 0);
	snprintf(query, sizeof(query), "term=wanted&%02000d=long", 0);
	req.query = slice_of(query);
	assert_int_equal(req_query(&req, "term", &term), 0);
	assert_true(slice_is(term, "wanted"));
	assert_true(slice_is(req_param(&req, "one"), "first-part"));
	assert_true(slice_is(req_param(&req, "two"), "second"));
}

static void a_header_may_be_limited_to_one(void **state)
{
	char *env[] = {"HTTP_AUTHORIZATION_OLD=x", "HTTP_AUTHORIZATION=one", "HTTP_KEY=1",
		       "HTTP_KEY=2", NULL};
	struct req req = request("/", "");
	struct slice value;

	(void)state;
	req.env = env;
	assert_int_equal(req_header_once(&req, "HTTP_AUTHORIZATION", &value), 0);
	assert_true(slice_is(value, "one"));
	assert_int_equal(req_header_once(&req, "HTTP_KEY", &value), ERR_INVALID);
	assert_int_equal(req_header_once(&req, "HTTP_AUTH", &value), ERR_NOT_FOUND);
	assert_string_equal(req_env(&req, "HTTP_KEY"), "1");
	assert_null(req_env(&req, "HTTP"));
}

static void only_json_is_read_as_json(void **state)
{
	static const struct {
		const char *type;
		bool json;
	} cases[] = {
		{"CONTENT_TYPE=application/json", true},
		{"CONTENT_TYPE=Application/JSON", true},
		{"CONTENT_TYPE=application/json;charset=utf-8", true},
		{"CONTENT_TYPE=application/json ; charset=\"UTF-8\" ", true},
		{"CONTENT_TYPE=application/json;", true},
		{"CONTENT_TYPE=application/json; charset=latin1", false},
		{"CONTENT_TYPE=application/json; charset=\"utf-8", false},
		{"CONTENT_TYPE=application/json5", false},
		{"CONTENT_TYPE=application/jsonx; charset=utf-8", false},
		{"CONTENT_TYPE=text/json", false},
		{"CONTENT_TYPE=application/x-www-form-urlencoded", false},
		{"CONTENT_TYPE=", false},
		{"OTHER=1", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *env[] = {(char *)(uintptr_t)cases[i].type, NULL};
		struct req req = request("/", "");
		json_auto *body = NULL;

		req.env = env;
		req.body = SLICE("{\"a\":1}");
		assert_int_equal(req_json(&req, &body), cases[i].json ? 0 : PROBLEM_CONTENT_TYPE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_match_whole_segments),
		cmocka_unit_test(parts_of_the_path_are_decoded_once),
		cmocka_unit_test(a_uuid_in_the_path_is_lower_case),
		cmocka_unit_test(query_parameters_are_found_and_decoded),
		cmocka_unit_test(a_bad_query_is_refused),
		cmocka_unit_test(a_query_longer_than_the_scratch_is_an_error),
		cmocka_unit_test(uuids_in_the_query_are_checked),
		cmocka_unit_test(decoded_texts_stay_valid),
		cmocka_unit_test(a_header_may_be_limited_to_one),
		cmocka_unit_test(only_json_is_read_as_json),
	};

	return cmocka_run_group_tests_name("req", tests, NULL, teardown);
}
