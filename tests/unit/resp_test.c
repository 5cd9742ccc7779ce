/* resp_test.c - JSON answers, validation codes, and problem documents. */
#include "unit.h"

#include <stdio.h>

#include "base/err.h"
#include "web/problem.h"
#include "web/resp.h"

static struct resp resp;

static int set_up(void **state)
{
	(void)state;
	resp = (struct resp){.status = 200,
			     .body = BUF_INIT(4096),
			     .headers = BUF_INIT(1024),
			     .request_id = "request-1"};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_dispose(&resp.body);
	buf_dispose(&resp.headers);
	return 0;
}

static void json_replaces_what_was_written(void **state)
{
	(void)state;
	jsonout_text(resp_json(&resp), "dropped");
	jsonout_text(resp_json(&resp), "kept");
	assert_int_equal(resp_json_end(&resp), 0);
	assert_string_equal(resp.body.data, "\"kept\"");
	assert_string_equal(resp.content_type, "application/json");
	assert_int_equal(resp.status, 200);
	jsonout_string(resp_json(&resp), SLICE("\xff"));
	assert_true(resp_json_end(&resp) < 0);
	assert_int_equal(resp_empty(&resp), 0);
	assert_int_equal(resp.status, 204);
	assert_int_equal(resp.body.len, 0);
}

static void codes_are_collected_once(void **state)
{
	static char names[RESP_CODES_MAX + 1][8];

	(void)state;
	assert_int_equal(resp_check(&resp), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(names[i], sizeof(names[i]), "code%zu", i);
		resp_add_code(&resp, names[i]);
		resp_add_code(&resp, names[0]);
		resp_add_code(&resp, names[i]);
	}
	assert_int_equal(resp_check(&resp), PROBLEM_INVALID);
	assert_int_equal(resp.codes_count, RESP_CODES_MAX);
	for (size_t i = 0; i < RESP_CODES_MAX; i++)
		assert_string_equal(resp.codes[i], names[i]);
}

static void a_problem_is_a_document(void **state)
{
	(void)state;
	buf_puts(&resp.headers, "X-Dropped: yes\r\n");
	jsonout_text(resp_json(&resp), "dropped");
	resp_problem(&resp, ERR_NOT_FOUND);
	assert_int_equal(resp.status, 404);
	assert_string_equal(resp.content_type, "application/problem+json");
	assert_string_equal(resp.body.data,
			    "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
			    "\"detail\":\"Nothing was found here\",\"errors\":[\"not_found\"],"
			    "\"request_id\":\"request-1\"}");
	assert_int_equal(resp.headers.len, 0);
}

static void only_an_invalid_request_has_the_collected_codes(void **state)
{
	(void)state;
	resp_problem(&resp, PROBLEM_INVALID);
	assert_non_null(strstr(resp.body.data, "\"errors\":[\"invalid\"]"));
	resp_add_code(&resp, "one");
	resp_add_code(&resp, "two");
	resp_problem(&resp, PROBLEM_INVALID);
	assert_int_equal(resp.status, 422);
	assert_non_null(strstr(resp.body.data, "\"errors\":[\"one\",\"two\"]"));
	resp_problem(&resp, PROBLEM_FORBIDDEN);
	assert_non_null(strstr(resp.body.data, "\"errors\":[\"forbidden\"]"));
}

static void each_problem_has_its_headers(void **state)
{
	static const struct {
		int err;
		const char *headers;
	} cases[] = {
		{PROBLEM_TOKEN_MISSING, "WWW-Authenticate: Bearer realm=\"cruddur\"\r\n"},
		{PROBLEM_TOKEN_INVALID,
		 "WWW-Authenticate: Bearer realm=\"cruddur\", error=\"invalid_token\"\r\n"},
		{PROBLEM_SCOPE,
		 "WWW-Authenticate: Bearer realm=\"cruddur\", error=\"insufficient_scope\"\r\n"},
		{PROBLEM_FORBIDDEN, ""},
		{PROBLEM_JSON_MALFORMED, ""},
		{PROBLEM_INTERNAL, ""},
		{PROBLEM_METHOD, "Allow: GET\r\n"},
		{PROBLEM_NOT_FOUND, ""},
		{ERR_UNAVAILABLE, "Retry-After: 1\r\n"},
		{ERR_OVERLOADED, "Retry-After: 1\r\n"},
		{PROBLEM_TOO_MANY_REQUESTS, "Retry-After: 1\r\n"},
	};

	(void)state;
	resp.allow = "GET";
	for (size_t i = 0; i < COUNT(cases); i++) {
		resp_problem(&resp, cases[i].err);
		assert_string_equal(resp.headers.data ? resp.headers.data : "", cases[i].headers);
	}
	resp.limit.reset_s = 77;
	resp_problem(&resp, PROBLEM_QUOTA_EXCEEDED);
	assert_string_equal(resp.headers.data, "Retry-After: 77\r\n");
	resp_problem(&resp, ERR_UNAVAILABLE);
	assert_string_equal(resp.headers.data, "Retry-After: 1\r\n");
	resp.allow = NULL;
	resp_problem(&resp, PROBLEM_METHOD);
	assert_int_equal(resp.headers.len, 0);
}

static void a_problem_may_have_more_members(void **state)
{
	struct jsonout *out = resp_problem_open(&resp, ERR_UNAVAILABLE);

	(void)state;
	jsonout_member_bool(out, "ready", false);
	jsonout_object_end(out);
	assert_int_equal(resp_json_end(&resp), 0);
	assert_non_null(strstr(resp.body.data, "\"request_id\":\"request-1\",\"ready\":false}"));
	assert_int_equal(resp.status, 503);
}

static void a_problem_that_does_not_fit_has_no_body(void **state)
{
	(void)state;
	resp.body.max = 20;
	resp_problem(&resp, ERR_NOT_FOUND);
	assert_int_equal(resp.status, 404);
	assert_int_equal(resp.body.len, 0);
}

static void each_status_has_its_reason(void **state)
{
	static const struct {
		int status;
		const char *reason;
	} cases[] = {
		{200, "OK"},
		{204, "No Content"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{409, "Conflict"},
		{410, "Gone"},
		{413, "Content Too Large"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Content"},
		{429, "Too Many Requests"},
		{500, "Internal Server Error"},
		{503, "Service Unavailable"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(resp_reason(cases[i].status), cases[i].reason);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_replaces_what_was_written),
		TEST(codes_are_collected_once),
		TEST(a_problem_is_a_document),
		TEST(only_an_invalid_request_has_the_collected_codes),
		TEST(each_problem_has_its_headers),
		TEST(a_problem_may_have_more_members),
		TEST(a_problem_that_does_not_fit_has_no_body),
		TEST(each_status_has_its_reason),
	};

	return cmocka_run_group_tests_name("resp", tests, NULL, NULL);
}
