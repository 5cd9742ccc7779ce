/* route.c - see route.h. */
#define _GNU_SOURCE /* program_invocation_short_name */
#include "web/route.h"

#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/uuid.h"
#include "domain/conversation.h"
#include "domain/user.h"
#include "limit.h"
#include "net/http.h"
#include "run/log.h"
#include "run/metrics.h"

#define RESPONSE_MAX  ((size_t)2 << 20)
#define RESPONSE_KEEP ((size_t)64 << 10) /* memory kept between requests */
#define HEADERS_MAX   4096
#define SCRATCH_MAX   32768
#define DRAIN_MAX     ((size_t)1 << 20)
#define SLOW_US	      1000000
#define ID_CHARACTERS "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define CONNECTION_S  6 /* nginx has given up by then (fastcgi_read_timeout) */

/* Facts that a process remembers. */
#define USERS_SLOTS	    256
#define CONVERSATIONS_SLOTS 512

extern char **environ;

/* Where a request comes from and its answer goes: FastCGI streams, or a CGI process's own. */
struct transport {
	char *const *env;
	FCGX_Stream *in;  /* NULL: standard input */
	FCGX_Stream *out; /* NULL: standard output */
};

/* Read up to `len` bytes. Returns how many came; fewer only at the end of the body. */
static size_t transport_read(const struct transport *transport, char *to, size_t len)
{
	size_t done = 0;

	if (transport->in) {
		int n = FCGX_GetStr(to, (int)len, transport->in);

		return n < 0 ? 0 : (size_t)n;
	}
	while (done < len) {
		ssize_t n = read(STDIN_FILENO, to + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

/* Read what nobody wants, to its end. */
static void drain(const struct transport *transport)
{
	char bytes[4096];

	while (transport_read(transport, bytes, sizeof(bytes)) == sizeof(bytes))
		;
}

static void transport_write(const struct transport *transport, struct slice bytes)
{
	if (transport->out) {
		FCGX_PutStr(bytes.ptr, (int)bytes.len, transport->out);
		return;
	}
	while (bytes.len) {
		ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
}

/* CONTENT_LENGTH; 0 when it is missing. Returns 0; ERR_JSON_MALFORMED; ERR_BODY_TOO_LARGE. */
static int content_length(const struct req *req, size_t *ret)
{
	const char *text = req_env(req, "CONTENT_LENGTH");
	size_t len = 0;

	for (; text && *text; text++) {
		if (*text < '0' || *text > '9')
			return ERR_JSON_MALFORMED;
		len = len * 10 + (size_t)(*text - '0');
		if (len > DRAIN_MAX)
			return ERR_BODY_TOO_LARGE;
	}
	*ret = len;
	return 0;
}

/*
 * Read the whole body. libfcgi hands a body cut short, and an aborted request, over as if they
 * were whole: what came is compared with what was announced.
 */
static int read_body(const struct transport *transport, struct req *req, struct buf *body)
{
	size_t len = 0;
	int r;

	buf_reset(body);
	r = content_length(req, &len);
	if (r < 0)
		return r;
	if (len > LIMIT_BODY_BYTES) {
		/* The server gets our answer only after it could hand over all of the body. */
		drain(transport);
		return ERR_BODY_TOO_LARGE;
	}
	if (len) {
		char *to = buf_reserve(body, len);

		if (!to)
			return ERR_NO_MEMORY;
		if (transport_read(transport, to, len) != len)
			return ERR_JSON_MALFORMED;
		body->len = len;
	}
	req->body = buf_slice(body);
	return 0;
}

/*
 * What is left of the request's time: the server says when it arrived, so that one that waited in
 * the queue does not start anew. Plain CGI has all of it.
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
 * The path and the query as the client sent them (REQUEST_URI): nginx has chosen the program by a
 * decoded and merged path, but only what was really asked for is matched against the patterns.
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

static bool answers(const struct route *route, const char *method)
{
	return strcmp(route->method, method) == 0 ||
	       (strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0);
}

/*
 * Find the route of the request. allow: where the methods of its path are written.
 * Returns 0; ERR_NOT_FOUND; ERR_METHOD; ERR_NO_MEMORY.
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
	return allow->len ? ERR_METHOD : ERR_NOT_FOUND;
}

/* top: where the status and the headers are written. */
static void send_response(const struct transport *transport, const struct req *req,
			  const struct resp *resp, bool head, struct buf *top)
{
	buf_reset(top);
	buf_printf(top, "Status: %d %s\r\nX-Request-Id: %s\r\n", resp->status,
		   resp_reason(resp->status), req->id);
	if (resp->body.len)
		buf_printf(top, "Content-Type: %s\r\nContent-Length: %zu\r\n", resp->content_type,
			   resp->body.len);
	buf_printf(top, "Cache-Control: %s\r\n", resp->shared ? "no-cache" : "private, no-store");
	if (resp->feed && !req_env(req, "HTTP_AUTHORIZATION"))
		buf_puts(top, "X-Accel-Expires: 1\r\n");
	if (resp->headers.len)
		buf_append(top, resp->headers.data, resp->headers.len);
	buf_puts(top, "\r\n");
	if (top->failed || resp->headers.failed) {
		transport_write(
			transport,
			SLICE("Status: 503\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"));
		return;
	}
	transport_write(transport, buf_slice(top));
	if (resp->body.len && !head)
		transport_write(transport, buf_slice(&resp->body));
}

/*
 * What the dependencies said in this request, for its log line. One that was not called at all was
 * left alone after failures (budget.h), or not needed.
 */
static const char *dependency_problem(const struct ctx *ctx, struct buf *text)
{
	const struct {
		const char *problem;
		enum dependency dep;
	} problems[] = {
		{ctx->db ? db_problem(ctx->db) : "", DEP_DB},
		{ctx->dynamodb ? dynamodb_problem(ctx->dynamodb) : "", DEP_DYNAMODB},
		{ctx->tokens ? tokens_problem(ctx->tokens) : "", DEP_COGNITO},
		{ctx->cognito ? cognito_problem(ctx->cognito) : "", DEP_COGNITO},
	};

	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
		if (*problems[i].problem && ctx->budget.deps[problems[i].dep].calls)
			buf_printf(text, "%s%s", text->len ? "; " : "", problems[i].problem);
	return text->len ? text->data : NULL;
}

static void log_answer(const struct ctx *ctx, const struct req *req, const struct route *route,
		       const struct resp *resp, int err, int64_t duration_us)
{
	buf_auto problem = BUF_INIT(1024);
	struct log_request line = {
		.request_id = req->id,
		.method = req->method,
		.route = route ? route->path : NULL,
		.status = resp->status,
		.code = err < 0 ? err_code(err) : NULL,
		.duration_us = duration_us,
		.budget = &ctx->budget,
		.ids = {[DEP_DB] = ctx->db ? db_id(ctx->db) : NULL,
			[DEP_DYNAMODB] = ctx->dynamodb ? dynamodb_id(ctx->dynamodb) : NULL,
			[DEP_COGNITO] = ctx->cognito ? cognito_id(ctx->cognito) : NULL},
	};
	enum log_level level = LOG_DEBUG;

	if (resp->status >= 500) {
		level = resp->status == 500 ? LOG_ERROR : LOG_WARN;
		line.problem = dependency_problem(ctx, &problem);
	} else if (duration_us > SLOW_US) {
		level = LOG_WARN;
		line.code = "slow";
	}
	log_request(level, &line);
}

/* The buffers of a process, used by one request after the other. */
struct buffers {
	struct buf body, scratch, allow, top;
	struct resp resp;
};

static void serve(struct ctx *ctx, const struct route *routes, const struct transport *transport,
		  struct buffers *buffers)
{
	int64_t started_us = clock_monotonic_us();
	struct resp *resp = &buffers->resp;
	const struct route *route = NULL;
	struct req req = {.env = transport->env, .scratch = &buffers->scratch};
	const char *method = req_env(&req, "REQUEST_METHOD");
	bool head;
	int64_t left_ms, duration_us;
	int r;

	metrics_begin(ctx->budget.metrics);
	buf_reset(&buffers->scratch);
	buf_reset(&resp->body);
	buf_reset(&resp->headers);
	resp->status = 200;
	resp->content_type = NULL;
	resp->shared = false;
	resp->feed = false;
	resp->codes_count = 0;
	resp->allow = NULL;

	req.method = method ? method : "";
	head = strcmp(req.method, "HEAD") == 0;
	read_target(&req);
	read_id(&req);
	left_ms = time_left_ms(&req);
	budget_start(&ctx->budget, left_ms);

	r = find_route(routes, &req, &buffers->allow, &route);
	if (r == ERR_METHOD)
		resp->allow = buffers->allow.data;
	if (r == 0 && BUDGET_REQUEST_MS - left_ms > BUDGET_WAIT_MS)
		r = ERR_OVERLOADED;
	if (r == 0)
		r = read_body(transport, &req, &buffers->body);
	if (r == 0)
		r = route->handle(ctx, &req, resp);
	if (r == 0 && resp->headers.failed)
		r = ERR_NO_MEMORY;
	if (r < 0)
		resp_problem(resp, &req, r);

	send_response(transport, &req, resp, head, &buffers->top);
	duration_us = clock_monotonic_us() - started_us;
	metrics_answered(ctx->budget.metrics, req.method, resp->status,
			 (BUDGET_REQUEST_MS - left_ms) * 1000, duration_us);
	log_answer(ctx, &req, route, resp, r, duration_us);
	if (resp->body.cap > RESPONSE_KEEP)
		buf_dispose(&resp->body);
}

/* The connection that is served, for the handler of its alarm; -1 between two. */
static volatile sig_atomic_t connection = -1;

/*
 * SIGTERM: finish the request that runs, then stop. accept() finds no socket any more, whether it
 * waits, is just about to, or is called after the request.
 */
static void on_terminate(int signal_number)
{
	int kept = errno;

	(void)signal_number;
	close(STDIN_FILENO);
	errno = kept;
}

/*
 * SIGALRM: libfcgi reads and writes for as long as the other side likes. From here on there is
 * nothing more to read, and nobody to write to.
 */
static void on_alarm(int signal_number)
{
	int kept = errno;

	(void)signal_number;
	if (connection >= 0)
		shutdown(connection, SHUT_RDWR);
	errno = kept;
}

static int catch_signals(void)
{
	struct sigaction stop = {.sa_handler = on_terminate, .sa_flags = SA_RESTART};
	struct sigaction end = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (sigaction(SIGTERM, &stop, NULL) < 0 || sigaction(SIGALRM, &end, NULL) < 0 ||
	    sigaction(SIGPIPE, &ignore, NULL) < 0)
		return ERR_INTERNAL;
	return 0;
}

/*
 * Accept a connection and read the head of its request. libfcgi would accept by itself, but then
 * nothing could limit its reading: it is given the connection as one that was kept, and no socket
 * to accept others from.
 * Returns 0; ERR_UNAVAILABLE when no connection can be had, because of SIGTERM or a limit.
 */
static int accept_request(FCGX_Request *request)
{
	for (;;) {
		int fd = accept(STDIN_FILENO, NULL, NULL);

		if (fd < 0 && (errno == ECONNABORTED || errno == EINTR))
			continue;
		if (fd < 0)
			return ERR_UNAVAILABLE;
		connection = fd;
		alarm(CONNECTION_S);
		request->ipcFd = fd;
		request->keepConnection = 1;
		if (FCGX_Accept_r(request) == 0)
			return 0;
		connection = -1;
	}
}

static void serve_fastcgi(struct ctx *ctx, const struct route *routes, struct buffers *buffers)
{
	FCGX_Request request;

	if (FCGX_InitRequest(&request, -1, 0) != 0)
		return;
	while (accept_request(&request) == 0) {
		struct transport transport = {request.envp, request.in, request.out};

		serve(ctx, routes, &transport, buffers);
		/* One request each, whatever it asks for: a connection that is kept owns us. */
		request.keepConnection = 0;
		/*
		 * libfcgi waits for the other side to close, lest a reset overtake the answer, and
		 * so no worker is faster than nginx, which under load takes long to come round.
		 * When all was read nothing can be overtaken.
		 */
		drain(&transport);
		if (FCGX_GetError(request.in) == 0)
			FCGX_Detach(&request);
		FCGX_Finish_r(&request);
		connection = -1;
		alarm(0);
	}
}

static void ctx_dispose(struct ctx *ctx)
{
	cache_free(ctx->conversations);
	cache_free(ctx->users);
	cognito_free(ctx->cognito);
	tokens_free(ctx->tokens);
	dynamodb_free(ctx->dynamodb);
	db_free(ctx->db);
}

/* Returns 0; ERR_NO_MEMORY. */
static int ctx_init(struct ctx *ctx, unsigned needs)
{
	if (needs & NEEDS_DB)
		ctx->db = db_new(&ctx->config, &ctx->budget);
	if (needs & NEEDS_DYNAMODB) {
		ctx->dynamodb = dynamodb_new(&ctx->config, &ctx->budget);
		ctx->conversations = cache_new(CONVERSATIONS_SLOTS);
	}
	if (needs & NEEDS_COGNITO) {
		ctx->tokens = tokens_new(&ctx->config, &ctx->budget);
		ctx->cognito = cognito_new(&ctx->config, &ctx->budget);
		ctx->users = cache_new(USERS_SLOTS);
	}
	if (((needs & NEEDS_DB) && !ctx->db) ||
	    ((needs & NEEDS_DYNAMODB) && (!ctx->dynamodb || !ctx->conversations)) ||
	    ((needs & NEEDS_COGNITO) && (!ctx->tokens || !ctx->cognito || !ctx->users)))
		return ERR_NO_MEMORY;
	return 0;
}

const char *route_version(void)
{
	return CRUDDUR_VERSION;
}

int route_main(const struct route *routes, unsigned needs)
{
	struct ctx ctx = {0};
	struct buffers buffers = {
		.body = BUF_INIT(LIMIT_BODY_BYTES),
		.scratch = BUF_INIT(SCRATCH_MAX),
		.allow = BUF_INIT(256),
		.top = BUF_INIT(HEADERS_MAX),
		.resp = {.body = BUF_INIT(RESPONSE_MAX), .headers = BUF_INIT(HEADERS_MAX / 2)},
	};
	char problem[256];
	int status = 1;

	if (config_load(needs, &ctx.config, problem, sizeof(problem)) < 0) {
		log_event(LOG_ERROR, "configuration", problem);
		return 1;
	}
	if (ctx.config.metrics_dir)
		(void)metrics_open(ctx.config.metrics_dir, program_invocation_short_name,
				   clock_now_us() / 1000000, &ctx.budget.metrics);
	log_init(program_invocation_short_name, ctx.config.log_level, ctx.budget.metrics);
	if (ctx.config.metrics_dir && !ctx.budget.metrics)
		log_event(LOG_WARN, "metrics", "no file can be kept in CRUDDUR_METRICS_DIR");
	if ((needs && (http_init() < 0 || crypto_init() < 0)) || ctx_init(&ctx, needs) < 0 ||
	    FCGX_Init() != 0) {
		log_event(LOG_ERROR, "start", "out of memory");
		goto out;
	}
	if (FCGX_IsCGI()) {
		struct transport transport = {environ, NULL, NULL};

		serve(&ctx, routes, &transport, &buffers);
	} else if (catch_signals() == 0) {
		serve_fastcgi(&ctx, routes, &buffers);
	}
	status = 0;
out:
	ctx_dispose(&ctx);
	metrics_close(ctx.budget.metrics);
	buf_dispose(&buffers.body);
	buf_dispose(&buffers.scratch);
	buf_dispose(&buffers.allow);
	buf_dispose(&buffers.top);
	buf_dispose(&buffers.resp.body);
	buf_dispose(&buffers.resp.headers);
	return status;
}
