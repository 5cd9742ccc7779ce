/* resp.c - see resp.h. */
#include "web/resp.h"

#include <string.h>

#include "base/err.h"
#include "web/problem.h"

struct jsonout *resp_json(struct resp *resp)
{
	buf_reset(&resp->body);
	resp->content_type = "application/json";
	jsonout_begin(&resp->out, &resp->body);
	return &resp->out;
}

int resp_json_end(struct resp *resp)
{
	return jsonout_end(&resp->out);
}

int resp_empty(struct resp *resp)
{
	buf_reset(&resp->body);
	resp->status = 204;
	return 0;
}

void resp_add_code(struct resp *resp, const char *code)
{
	for (size_t i = 0; i < resp->codes_count; i++)
		if (strcmp(resp->codes[i], code) == 0)
			return;
	if (resp->codes_count < RESP_CODES_MAX)
		resp->codes[resp->codes_count++] = code;
}

int resp_check(const struct resp *resp)
{
	return resp->codes_count ? PROBLEM_INVALID : 0;
}

static void write_codes(struct jsonout *out, const struct resp *resp, enum problem problem)
{
	jsonout_key(out, "errors");
	jsonout_array(out);
	if (problem == PROBLEM_INVALID && resp->codes_count)
		for (size_t i = 0; i < resp->codes_count; i++)
			jsonout_text(out, resp->codes[i]);
	else
		jsonout_text(out, problem_code(problem));
	jsonout_array_end(out);
}

const char *resp_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{200, "OK"},
		{202, "Accepted"},
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
		{503, "Service Unavailable"},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Internal Server Error";
}

struct jsonout *resp_problem_open(struct resp *resp, int err)
{
	enum problem problem = problem_of(err);
	int status = problem_status(problem);
	struct jsonout *out = resp_json(resp);

	resp->status = status;
	resp->content_type = "application/problem+json";
	buf_reset(&resp->headers);

	/* Without a token in the request there is no error code (RFC 6750 §3). */
	if (problem == PROBLEM_TOKEN_MISSING)
		buf_puts(&resp->headers, "WWW-Authenticate: Bearer realm=\"cruddur\"\r\n");
	else if (problem == PROBLEM_TOKEN_INVALID)
		buf_puts(&resp->headers, "WWW-Authenticate: Bearer realm=\"cruddur\", "
					 "error=\"invalid_token\"\r\n");
	else if (problem == PROBLEM_SCOPE)
		buf_puts(&resp->headers, "WWW-Authenticate: Bearer realm=\"cruddur\", "
					 "error=\"insufficient_scope\"\r\n");
	if (status == 503 || status == 429)
		buf_printf(&resp->headers, "Retry-After: %d\r\n",
			   status == 429 && resp->limit.reset_s ? resp->limit.reset_s : 1);
	if (status == 405 && resp->allow)
		buf_printf(&resp->headers, "Allow: %s\r\n", resp->allow);

	jsonout_object(out);
	jsonout_member_text(out, "type", "about:blank");
	jsonout_member_text(out, "title", resp_reason(status));
	jsonout_member_integer(out, "status", status);
	jsonout_member_text(out, "detail", problem_detail(problem));
	write_codes(out, resp, problem);
	jsonout_member_text(out, "request_id", resp->request_id);
	return out;
}

void resp_problem(struct resp *resp, int err)
{
	jsonout_object_end(resp_problem_open(resp, err));
	if (resp_json_end(resp) < 0)
		buf_reset(&resp->body); /* the status alone has to do */
}
