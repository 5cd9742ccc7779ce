/*
 * cgi.c - any CGI environment and body, through the whole route loop, give one answer with a status
 * and an intact header block. Lines of the input: NAME=value up to an empty line, then the body.
 */
/* Included for its static functions: route_main reads the environment of the process. */
#include "../../common/web/route.c"

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "identity.h"
#include "json/jsonin.h"
#include "web/field.h"
#include "web/idempotency.h"
#include "web/page.h"

#define VARIABLES_MAX 32
#define INPUT_MAX     65536

static const struct field message = {.key = "message",
				     .blank = "message_blank",
				     .invalid = "message_invalid",
				     .lines = true};

static const struct page_kind kind = {"messages", 2};

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	static const char *const fields[] = {"older", "2026-11-22T12:00:00.123456+00:00"};
	struct jsonout *out;
	struct page page;
	int r;

	(void)ctx;
	r = page_from_query(req, &kind, &page);
	if (r < 0)
		return r;
	out = resp_json(resp);
	jsonout_array(out);
	for (size_t i = 0; i < req->params_count; i++)
		jsonout_string(out, req->params[i].value);
	jsonout_array_end(out);
	r = page_next(&page, fields, resp);
	return r < 0 ? r : resp_json_end(resp);
}

static int create(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct idempotency key;
	struct slice value;
	struct token token;
	json_auto *body = NULL;
	const char *authorization = req_env(req, "HTTP_AUTHORIZATION");
	int r;

	if (authorization && token_verify(ctx->tokens, slice_of(authorization), IDENTITY_NOW_S,
					  &token) != ERR_DENIED)
		return ERR_UNAVAILABLE;
	r = idempotency_read(req, &key);
	if (r < 0)
		return r;
	r = req_json(req, &body);
	if (r < 0)
		return r;
	field_read(body, &message, resp, &value);
	r = resp_check(resp);
	if (r < 0)
		return r;
	jsonout_string(resp_json(resp), value);
	return resp_json_end(resp);
}

static const struct route routes[] = {
	{"GET", "/api/messages/{group_uuid}", AUTH_NONE, CACHE_NONE, show},
	{"GET", "/api/users/@{handle}/short", AUTH_NONE, CACHE_PUBLIC, show},
	{"POST", "/api/messages", AUTH_NONE, CACHE_NONE, create},
	{0},
};

/* Standard input and output are files in memory. Returns the answer. */
static struct slice ask(struct ctx *ctx, char *const *env, struct slice body,
			struct buffers *buffers, char *ret, size_t size)
{
	struct fcgi *fcgi;
	int in = memfd_create("in", 0), out = memfd_create("out", 0);
	ssize_t len;

	ALWAYS(in >= 0 && out >= 0);
	ALWAYS(write(in, body.ptr, body.len) == (ssize_t)body.len);
	ALWAYS(lseek(in, 0, SEEK_SET) == 0);
	ALWAYS(dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0);
	ALWAYS(fcgi_open(&fcgi) == 0);
	serve(ctx, routes, fcgi, env, buffers);
	fcgi_close(fcgi);
	ALWAYS(lseek(out, 0, SEEK_SET) == 0);
	len = read(out, ret, size);
	ALWAYS(len > 0);
	close(in);
	close(out);
	return (struct slice){ret, (size_t)len};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config config = IDENTITY_CONFIG;
	static struct ctx ctx;
	static struct buffers buffers = {
		.body = BUF_INIT(LIMIT_BODY_BYTES),
		.scratch = BUF_INIT(SCRATCH_MAX),
		.allow = BUF_INIT(256),
		.head = BUF_INIT(HEADERS_MAX),
		.resp = {.body = BUF_INIT(RESPONSE_MAX), .headers = BUF_INIT(HEADERS_MAX / 2)},
	};
	static char text[INPUT_MAX + HEADERS_MAX + RESPONSE_MAX];
	struct slice input = {(const char *)data, size};
	char *env[VARIABLES_MAX + 1] = {NULL};
	size_t count = 0;
	struct slice got;
	const char *end;

	if (size > INPUT_MAX)
		return -1;
	if (!ctx.tokens) {
		log_init("fuzz", LOG_ERROR, NULL);
		ctx.config = config;
		ctx.tokens = token_verifier_new(&ctx.config, &ctx.budget);
		ALWAYS(ctx.tokens);
	}
	while (count < VARIABLES_MAX) {
		struct slice line = fuzz_line(&input);

		if (line.len == 0)
			break;
		env[count] = malloc(line.len + 1);
		ALWAYS(env[count] && slice_copy(line, env[count], line.len + 1));
		count++;
	}
	got = ask(&ctx, env, input, &buffers, text, sizeof(text));
	for (size_t i = 0; i < count; i++)
		free(env[i]);

	ALWAYS(got.len > 12 && memcmp(got.ptr, "Status: ", 8) == 0);
	end = memmem(got.ptr, got.len, "\r\n\r\n", 4);
	ALWAYS(end);
	/* the request must not inject lines into the head */
	for (const char *at = got.ptr; at < end; at++)
		ALWAYS((*at != '\n' || at[-1] == '\r') && *at != '\0');
	ALWAYS(memcmp(got.ptr + 8, "500", 3) != 0);
	return 0;
}
