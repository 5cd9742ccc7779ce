/* route.c - see route.h. */
#define _GNU_SOURCE /* program_invocation_short_name */
#include "web/route.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aws/cognito.h"
#include "aws/dynamodb.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/uuid.h"
#include "db/db.h"
#include "identity/token.h"
#include "limit.h"
#include "net/http.h"
#include "run/log.h"
#include "run/metrics.h"
#include "run/rate.h"
#include "run/tuning.h"
#include "web/fcgi.h"

#define RESPONSE_MAX  ((size_t)4 << 20)	 /* the largest: a page of reports with 6 messages each */
#define RESPONSE_KEEP ((size_t)64 << 10) /* memory kept between requests */
#define HEADERS_MAX   4096
#define SCRATCH_MAX   32768
#define DRAIN_MAX     ((size_t)1 << 20) /* a longer body is refused unread */
#define ID_CHARACTERS "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* The buffers of a process, used by one request after the other. */
struct buffers {
	struct buf body;    /* of the request */
	struct buf scratch; /* what req decodes */
	struct buf allow;   /* of a 405 */
	struct buf head;    /* status and headers of the response */
	struct resp resp;
};

/*
 * CONTENT_LENGTH; 0 when it is missing.
 * Returns 0; PROBLEM_JSON_MALFORMED; PROBLEM_BODY_TOO_LARGE.
 */
static int content_length(const struct req *req, size_t *ret_len)
{
	const char *text = req_env(req, "CONTENT_LENGTH");
	uint64_t len = 0;

	if (text && *text && !slice_number(slice_of(text), 10, DRAIN_MAX, &len))
		return text[strspn(text, "0123456789")] ? PROBLEM_JSON_MALFORMED
							: PROBLEM_BODY_TOO_LARGE;
	*ret_len = (size_t)len;
	return 0;
}

/*
 * Read the whole body. libfcgi hands over a body that was cut short, and an aborted request, like a
 * whole one: compare what came with what was announced.
 */
static int read_body(struct fcgi *fcgi, struct req *req, struct buf *body)
{
	size_t len;
	char *to;
	int r;

	buf_reset(body);
	r = content_length(req, &len);
	if (r < 0)
		return r;
	if (len > LIMIT_BODY_BYTES) {
		/* nginx reads the answer only after it has handed over the whole body. */
		fcgi_drain(fcgi);
		return PROBLEM_BODY_TOO_LARGE;
	}
	if (len) {
		to = buf_reserve(body, len);
		if (!to)
			return ERR_NO_MEMORY;
		if (fcgi_read(fcgi, to, len) != len)
			return PROBLEM_JSON_MALFORMED;
		body->len = len;
	}
	req->body = buf_slice(body);
	return 0;
}

/*
 * The rest of the request's time budget. nginx says when the request arrived, so time in the queue
 * counts. A plain CGI request has the whole budget.
 */
static int64_t time_left_ms(const struct req *req)
{
	const char *text = req_env(req, "REQUEST_ARRIVED");
	double arrived_s = text ? strtod(text, NULL) : 0;
	int64_t waited_ms;

	if (!(arrived_s > 0 && arrived_s < 1e11))
		return BUDGET_REQUEST_MS;
	waited_ms = clock_now_us() / 1000 - (int64_t)(arrived_s * 1000);
	if (waited_ms < 0)
		waited_ms = 0;
	return BUDGET_REQUEST_MS - waited_ms;
}

/*
 * The path and the query as the client sent them (REQUEST_URI). nginx has chosen the program by a
 * decoded and merged path; the patterns are matched against the original.
 */
static void read_target(struct req *req)
{
	const char *target = req_env(req, "REQUEST_URI");
	const char *query;

	if (!target || !*target) {
		const char *path = req_env(req, "DOCUMENT_URI");

		query = req_env(req, "QUERY_STRING");
		req->path = slice_of(path ? path : "");
		req->query = slice_of(query ? query : "");
		return;
	}
	query = strchr(target, '?');
	req->path = (struct slice){target, query ? (size_t)(query - target) : strlen(target)};
	req->query = slice_of(query ? query + 1 : "");
}

static void read_id(struct req *req)
{
	const char *id = req_env(req, "REQUEST_ID");

	if (id && *id && strlen(id) < sizeof(req->id) && strspn(id, ID_CHARACTERS) == strlen(id))
		memcpy(req->id, id, strlen(id) + 1);
	else if (uuid_v4(req->id) < 0)
		req->id[0] = '\0';
}

/* nginx takes the trace id from the header traceparent; here it only must not break a log line. */
static void read_trace_id(struct req *req)
{
	const char *id = req_env(req, "TRACE_ID");

	req->trace_id[0] = '\0';
	if (id && strlen(id) == sizeof(req->trace_id) - 1 &&
	    strspn(id, "0123456789abcdef") == strlen(id))
		memcpy(req->trace_id, id, sizeof(req->trace_id));
}

static bool answers(const struct route *route, const char *method)
{
	return strcmp(route->method, method) == 0 ||
	       (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

/*
 * Find the route of the request. allow: gets the methods of its path, for PROBLEM_METHOD.
 * ret_route: written also with PROBLEM_METHOD: a route of the same path, for the log.
 * Returns 0; ERR_NOT_FOUND; PROBLEM_METHOD; ERR_NO_MEMORY.
 */
static int find_route(const struct route *routes, struct req *req, struct buf *allow,
		      const struct route **ret_route)
{
	buf_reset(allow);
	for (const struct route *route = routes; route->method; route++) {
		int r = req_match(req, route->path);

		if (r == ERR_NOT_FOUND)
			continue;
		if (r < 0)
			return r;
		*ret_route = route;
		if (answers(route, req->method)) {
			if (strcmp(req->method, "HEAD") == 0)
				req->method = "GET";
			return 0;
		}
		buf_printf(allow, "%s%s%s", allow->len ? ", " : "", route->method,
			   strcmp(route->method, "GET") == 0 ? ", HEAD" : "");
	}
	if (allow->failed)
		return ERR_NO_MEMORY;
	return allow->len ? PROBLEM_METHOD : ERR_NOT_FOUND;
}

static void write_limit(const struct resp_limit *limit, struct buf *head)
{
	if (!limit->name)
		return;
	buf_printf(head, "RateLimit-Policy: \"%s\";q=%d;w=%d\r\nRateLimit: \"%s\";r=%lld",
		   limit->name, limit->most, limit->window_s, limit->name, (long long)limit->rest);
	if (limit->reset_s)
		buf_printf(head, ";t=%d", limit->reset_s);
	buf_puts(head, "\r\n");
}

static void write_head(const struct req *req, const struct resp *resp, enum cache_policy cache,
		       struct buf *head)
{
	buf_reset(head);
	buf_printf(head, "Status: %d %s\r\nX-Request-Id: %s\r\n", resp->status,
		   resp_reason(resp->status), req->id);
	if (resp->body.len)
		buf_printf(head, "Content-Type: %s\r\nContent-Length: %zu\r\n", resp->content_type,
			   resp->body.len);
	buf_printf(head, "Cache-Control: %s\r\n",
		   cache == CACHE_PUBLIC || cache == CACHE_PAGE ? "no-cache" : "private, no-store");
	if ((cache == CACHE_FEED || cache == CACHE_PAGE) && !req_env(req, "HTTP_AUTHORIZATION"))
		buf_puts(head, "X-Accel-Expires: 1\r\n");
	write_limit(&resp->limit, head);
	if (resp->headers.len)
		buf_append(head, resp->headers.data, resp->headers.len);
	buf_puts(head, "\r\n");
}

/* without_body: the request was HEAD. */
static void send_response(struct fcgi *fcgi, const struct req *req, const struct resp *resp,
			  enum cache_policy cache, bool without_body, struct buf *head)
{
	write_head(req, resp, cache, head);
	if (head->failed || resp->headers.failed) {
		fcgi_write(fcgi,
			   SLICE("Status: 503\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"));
		return;
	}
	fcgi_write(fcgi, buf_slice(head));
	if (resp->body.len && !without_body)
		fcgi_write(fcgi, buf_slice(&resp->body));
}

/*
 * The problems that the dependencies reported in this request, for its log line. A dependency that
 * was not called was not needed, or its circuit breaker was open (budget.h).
 */
static const char *dependency_problem(const struct ctx *ctx, struct buf *text)
{
	const struct {
		const char *problem;
		enum dependency dep;
	} problems[] = {
		{ctx->db ? db_problem(ctx->db) : "", DEP_DB},
		{ctx->dynamodb ? dynamodb_problem(ctx->dynamodb) : "", DEP_DYNAMODB},
		{ctx->tokens ? token_problem(ctx->tokens) : "", DEP_COGNITO},
		{ctx->cognito ? cognito_problem(ctx->cognito) : "", DEP_COGNITO},
	};

	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
		if (*problems[i].problem && ctx->budget.deps[problems[i].dep].calls)
			buf_printf(text, "%s%s", text->len ? "; " : "", problems[i].problem);
	return text->len ? text->data : NULL;
}

/* An error without a problem of its own is logged by its name: the client is told "internal". */
static const char *code_of(int err)
{
	enum problem problem = problem_of(err);

	if (err == 0)
		return NULL;
	return problem == PROBLEM_INTERNAL ? err_name(err) : problem_code(problem);
}

static void log_answer(const struct ctx *ctx, const struct req *req, const struct route *route,
		       const struct resp *resp, int err, int64_t duration_us)
{
	buf_auto problem = BUF_INIT(1024);
	struct log_request line = {
		.request_id = req->id,
		.trace_id = req->trace_id[0] ? req->trace_id : NULL,
		.method = req->method,
		.route = route ? route->path : NULL,
		.status = resp->status,
		.code = code_of(err),
		.duration_us = duration_us,
		.budget = &ctx->budget,
		.ids = {[DEP_DB] = ctx->db ? db_backend_pid(ctx->db) : NULL,
			[DEP_DYNAMODB] = ctx->dynamodb ? dynamodb_request_id(ctx->dynamodb) : NULL,
			[DEP_COGNITO] = ctx->cognito ? cognito_request_id(ctx->cognito) : NULL},
	};
	enum log_level level = LOG_DEBUG;

	if (resp->status >= 500) {
		level = resp->status == 500 ? LOG_ERROR : LOG_WARN;
		line.problem = dependency_problem(ctx, &problem);
	} else if (duration_us > (int64_t)1000 * tuning_slow_ms(ctx->tuning, ctx->config.slow_ms)) {
		level = LOG_WARN;
		line.code = "slow";
	}
	log_request(level, &line);
}

/* Begin an empty 200. */
static void begin_response(struct resp *resp, const struct req *req)
{
	buf_reset(&resp->body);
	buf_reset(&resp->headers);
	resp->status = 200;
	resp->content_type = NULL;
	resp->codes_count = 0;
	resp->limit = (struct resp_limit){0};
	resp->allow = NULL;
	resp->request_id = req->id;
}

/*
 * Count the request of a known caller. An answer tells this limit only when it is used up.
 * Returns 0; PROBLEM_TOO_MANY_REQUESTS.
 */
static int count_request(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	const int most = ctx->config.rate_person;

	if (!ctx->rate || !req->caller.uuid[0] ||
	    rate_take(ctx->rate, req->caller.uuid, most, clock_now_us() / 1000000))
		return 0;
	resp->limit = (struct resp_limit){"person", most, 1, 0, 1};
	return PROBLEM_TOO_MANY_REQUESTS;
}

/*
 * Call the handler. ERR_REFERENCE: it has changed nothing, because its caller, or another row that
 * it needs, is gone. Their row may have been deleted or restored since it was looked up, so look
 * the caller up, register them if necessary, and call the handler once more.
 */
static int handle(struct ctx *ctx, const struct route *route, struct req *req, struct resp *resp)
{
	int r;

	r = route->handle(ctx, req, resp);
	if (r != ERR_REFERENCE || !*req->caller.uuid)
		return r;
	r = caller_renew(ctx, route->auth, req);
	if (r < 0)
		return r;
	begin_response(resp, req);
	return route->handle(ctx, req, resp);
}

/* From the route's table entry to a written response. Returns 0; ERR_…; PROBLEM_…. */
static int answer(struct ctx *ctx, struct fcgi *fcgi, const struct route *route, struct req *req,
		  struct buffers *buffers)
{
	struct resp *resp = &buffers->resp;
	int r;

	r = read_body(fcgi, req, &buffers->body);
	if (r == 0)
		r = caller_authenticate(ctx, route->auth, req);
	if (r == 0)
		r = count_request(ctx, req, resp);
	if (r == 0)
		r = handle(ctx, route, req, resp);
	if (r == 0 && resp->headers.failed)
		r = ERR_NO_MEMORY;
	return r;
}

/* Serve the request whose CGI variables are `env`. */
static void serve(struct ctx *ctx, const struct route *routes, struct fcgi *fcgi, char *const *env,
		  struct buffers *buffers)
{
	int64_t started_us = clock_monotonic_us();
	struct resp *resp = &buffers->resp;
	const struct route *route = NULL;
	struct req req = {.env = env, .scratch = &buffers->scratch};
	const char *method = req_env(&req, "REQUEST_METHOD");
	bool is_head = method && strcmp(method, "HEAD") == 0;
	int64_t left_ms, duration_us;
	int r;

	metrics_begin(ctx->budget.metrics);
	log_set_level(tuning_log_level(ctx->tuning, ctx->config.log_level));
	buf_reset(&buffers->scratch);
	req.method = method ? method : "";
	read_target(&req);
	read_id(&req);
	read_trace_id(&req);
	begin_response(resp, &req);
	left_ms = time_left_ms(&req);
	budget_start(&ctx->budget, left_ms);

	r = find_route(routes, &req, &buffers->allow, &route);
	if (r == PROBLEM_METHOD)
		resp->allow = buffers->allow.data;
	if (r == 0 && BUDGET_REQUEST_MS - left_ms > BUDGET_WAIT_MS)
		r = ERR_OVERLOADED;
	if (r == 0)
		r = answer(ctx, fcgi, route, &req, buffers);
	if (r < 0)
		resp_problem(resp, r);

	send_response(fcgi, &req, resp, r == 0 ? route->cache : CACHE_NONE, is_head,
		      &buffers->head);
	duration_us = clock_monotonic_us() - started_us;
	metrics_answered(ctx->budget.metrics, req.method, resp->status,
			 (BUDGET_REQUEST_MS - left_ms) * 1000, duration_us);
	log_answer(ctx, &req, route, resp, r, duration_us);
	if (resp->body.cap > RESPONSE_KEEP)
		buf_dispose(&resp->body);
}

/* Serve until there is no further request. Returns 0; ERR_UNAVAILABLE as fcgi_accept. */
static int serve_all(struct ctx *ctx, const struct route *routes, struct fcgi *fcgi)
{
	struct buffers buffers = {
		.body = BUF_INIT(LIMIT_BODY_BYTES),
		.scratch = BUF_INIT(SCRATCH_MAX),
		.allow = BUF_INIT(256),
		.head = BUF_INIT(HEADERS_MAX),
		.resp = {.body = BUF_INIT(RESPONSE_MAX), .headers = BUF_INIT(HEADERS_MAX / 2)},
	};
	char *const *env;
	int r;

	while ((r = fcgi_accept(fcgi, &env)) == 0) {
		serve(ctx, routes, fcgi, env, &buffers);
		fcgi_finish(fcgi);
	}
	buf_dispose(&buffers.body);
	buf_dispose(&buffers.scratch);
	buf_dispose(&buffers.allow);
	buf_dispose(&buffers.head);
	buf_dispose(&buffers.resp.body);
	buf_dispose(&buffers.resp.headers);
	return r == ERR_NOT_FOUND ? 0 : r;
}

/* Metrics, log, rates and tuning; a program works without all but the log. */
static void start_counting(struct ctx *ctx)
{
	const struct config *config = &ctx->config;
	bool failed = config->metrics_dir &&
		      metrics_open(config->metrics_dir, program_invocation_short_name,
				   clock_now_us() / 1000000, &ctx->budget.metrics) < 0;

	log_init(program_invocation_short_name, config->log_level, ctx->budget.metrics);
	if (!failed && config->metrics_dir && config->rate_person)
		failed = rate_open(config->metrics_dir, &ctx->rate) < 0;
	if (!failed && config->metrics_dir)
		failed = tuning_open(config->metrics_dir, &ctx->tuning) < 0;
	if (failed)
		log_event(LOG_WARN, "metrics", "CRUDDUR_METRICS_DIR: no file can be opened");
}

/*
 * The resolver of libc waits 5 s for an answer and asks twice (resolv.conf(5)); libpq waits for it,
 * whatever time a request has left. RES_OPTIONS is read when the first name is looked up; a value
 * of the environment stays.
 */
static int limit_resolver(void)
{
	return setenv("RES_OPTIONS", "timeout:1 attempts:1", 0) == 0 ? 0 : ERR_NO_MEMORY;
}

const char *route_version(void)
{
	return CRUDDUR_VERSION;
}

int route_main(const struct route *routes, unsigned needs)
{
	struct ctx ctx = {0};
	struct fcgi *fcgi = NULL;
	struct note problem;
	int status = 1;
	int r;

	if (config_load(needs, &ctx.config, &problem) < 0) {
		log_event(LOG_ERROR, "configuration", problem.text);
		return 1;
	}
	start_counting(&ctx);
	r = limit_resolver();
	if (r == 0 && needs)
		r = http_init();
	if (r == 0 && needs)
		r = crypto_init();
	if (r == 0)
		r = ctx_init(&ctx, needs);
	if (r == 0)
		r = fcgi_open(&fcgi);
	if (r < 0) {
		log_event(LOG_ERROR, "start", err_name(r));
		goto out;
	}
	r = serve_all(&ctx, routes, fcgi);
	if (r < 0)
		log_event(LOG_ERROR, "accept", "no connection can be accepted");
	status = r < 0;
out:
	fcgi_close(fcgi);
	ctx_dispose(&ctx);
	rate_close(ctx.rate);
	tuning_close(ctx.tuning);
	metrics_close(ctx.budget.metrics);
	return status;
}
