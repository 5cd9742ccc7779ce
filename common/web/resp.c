/* resp.c - see resp.h. */
#include "web/resp.h"

#include <string.h>

#include "base/err.h"

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

void resp_invalid(struct resp *resp, const char *code)
{
	for (size_t i = 0; i < resp->codes_count; i++)
		if (strcmp(resp->codes[i], code) == 0)
			return;
	if (resp->codes_count < RESP_CODES_MAX)
		resp->codes[resp->codes_count++] = code;
}

int resp_check(const struct resp *resp)
{
	return resp->codes_count ? ERR_INVALID : 0;
}

static void write_codes(struct jsonout *out, const struct resp *resp, int err)
{
	jsonout_key(out, "errors");
	jsonout_array(out);
	if (err == ERR_INVALID && resp->codes_count)
		for (size_t i = 0; i < resp->codes_count; i++)
			jsonout_text(out, resp->codes[i]);
	else
		jsonout_text(out, err_code(err));
	jsonout_array_end(out);
}

const char *resp_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{200, "OK"},
		{204, "No Content"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{409, "Conflict"},
		{413, "Content Too Large"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Content"},
		{503, "Service Unavailable"},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Internal Server Error";
}

struct jsonout *resp_problem_open(struct resp *resp, const struct req *req, int err)
{
	int status = err_status(err);
	struct jsonout *out = resp_json(resp);

	resp->status = status;
	resp->content_type = "application/problem+json";
	resp->shared = false;
	resp->feed = false;
	buf_reset(&resp->headers);

	/* RFC 6750 §3: no error code when the request brought no token */
	if (err == ERR_TOKEN_MISSING)
		buf_puts(&resp->headers, "WWW-Authenticate: Bearer realm=\"cruddur\"\r\n");
	else if (err == ERR_TOKEN_INVALID)
		buf_puts(&resp->headers, "WWW-Authenticate: Bearer realm=\"cruddur\", "
					 "error=\"invalid_token\"\r\n");
	else if (err == ERR_SCOPE)
		buf_puts(&resp->headers, "WWW-Authenticate: Bearer realm=\"cruddur\", "
					 "error=\"insufficient_scope\"\r\n");
	if (status == 503)
		buf_puts(&resp->headers, "Retry-After: 1\r\n");
	if (status == 405 && resp->allow)
		buf_printf(&resp->headers, "Allow: %s\r\n", resp->allow);

	jsonout_object(out);
	jsonout_member_text(out, "type", "about:blank");
	jsonout_member_text(out, "title", resp_reason(status));
	jsonout_member_integer(out, "status", status);
	jsonout_member_text(out, "detail", err_title(err));
	write_codes(out, resp, err);
	jsonout_member_text(out, "request_id", req->id);
	return out;
}

void resp_problem(struct resp *resp, const struct req *req, int err)
{
	jsonout_object_end(resp_problem_open(resp, req, err));
	if (resp_json_end(resp) < 0)
		buf_reset(&resp->body); /* the status alone must do */
}
