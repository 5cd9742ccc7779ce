/*
 * services.h - what the modules of domain/ and web/ need: a context whose PostgreSQL and DynamoDB
 * follow scripts, and a response.
 *
 *	services_start(&all, PG({"users_by_handle|ada", .columns = "uuid", .rows = ADA}),
 *		       DYNAMODB({"GetItem", {"\"PAIR#"}, "{}"}));
 *	assert_int_equal(…(&all.ctx, …, &all.resp), 0);
 *	services_stop(&all);
 */
#ifndef SERVICES_H
#define SERVICES_H

#include "pgserver.h"

#include "base/base64url.h"
#include "run/config.h"
#include "web/ctx.h"
#include "web/resp.h"

struct dynamodb_step {
	const char *operation;
	const char *has[8]; /* parts of the request's body; with ! in front: what is not in it */
	const char *body;   /* the answer */
	int status;	    /* 0: 200 */
	enum server_end end;
};

/* The steps of a script, as two arguments of services_start. */
#define DYNAMODB(...)                                                                              \
	(const struct dynamodb_step[]){__VA_ARGS__},                                               \
		sizeof((const struct dynamodb_step[]){__VA_ARGS__}) / sizeof(struct dynamodb_step)
#define DYNAMODB_NONE NULL, 0

#define CONDITION_FAILED                                                                           \
	"{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\"}"
#define CANCELLED(reasons)                                                                         \
	"{\"__type\":\"com.amazonaws.dynamodb.v20120810#TransactionCanceledException\","           \
	"\"CancellationReasons\":[" reasons "]}"

struct services {
	struct ctx ctx;
	struct resp resp;
	struct pgserver *pg;
	struct server *dynamodb;
	const struct dynamodb_step *steps;
	size_t steps_count;
};

static inline void services_start(struct services *all, const struct pgserver_step *statements,
				  size_t statements_count, const struct dynamodb_step *steps,
				  size_t steps_count)
{
	struct server_step answers[SERVER_REQUESTS_MAX] = {{0}};

	*all = (struct services){
		.ctx.config = {.region = "ca-central-1", .messages_table = "t", .prepare = true},
		.resp = {.body = BUF_INIT(1 << 20), .headers = BUF_INIT(8192), .request_id = "id"},
		.steps = steps,
		.steps_count = steps_count,
	};
	assert_true(steps_count < COUNT(answers));
	for (size_t i = 0; i < steps_count; i++)
		answers[i] = (struct server_step){.end = steps[i].end,
						  .status = steps[i].status,
						  .body = steps[i].body};
	all->pg = pgserver_start(statements, statements_count);
	all->dynamodb = server_start(answers, COUNT(answers));
	all->ctx.config.connection_url = all->pg->url;
	memcpy(all->ctx.config.dynamodb_endpoint, all->dynamodb->url, sizeof(all->dynamodb->url));
	budget_start(&all->ctx.budget, 60000);
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
	assert_int_equal(ctx_init(&all->ctx, NEEDS_DB | NEEDS_DYNAMODB), 0);
}

/* Check that DynamoDB was sent what the script says. */
static inline void services_check_requests(const struct services *all)
{
	char target[64];

	for (unsigned n = 0; n < all->steps_count && n < all->dynamodb->count; n++) {
		const struct dynamodb_step *step = &all->steps[n];
		const char *body = server_body(all->dynamodb, n);

		assert_non_null(
			server_header(all->dynamodb, n, "X-Amz-Target", target, sizeof(target)));
		assert_string_equal(target + strlen("DynamoDB_20120810."), step->operation);
		for (size_t i = 0; i < COUNT(step->has) && step->has[i]; i++) {
			const char *part = step->has[i];
			bool absent = *part == '!';

			if (!strstr(body, part + absent) != absent)
				fail_msg("request %u: %s in %s", n, part, body);
		}
	}
	assert_int_equal(all->dynamodb->count, all->steps_count);
}

/* Check that the response has a link of this relation and cursor, of a page with the path "/p". */
static inline void services_check_link(const struct services *all, const char *relation,
				       const char *cursor)
{
	buf_auto link = BUF_INIT(1024);

	base64url_encode(slice_of(cursor), &link);
	buf_printf(&link, ">; rel=\"%s\"", relation);
	assert_non_null(all->resp.headers.data);
	if (!strstr(all->resp.headers.data, link.data))
		fail_msg("no link to %s (%s) in %s", cursor, link.data, all->resp.headers.data);
}

static inline bool services_has_link(const struct services *all)
{
	return all->resp.headers.len > 0 && strstr(all->resp.headers.data, "rel=") != NULL;
}

/* Check that both scripts were followed, and free all. */
static inline void services_stop(struct services *all)
{
	pgserver_check(all->pg);
	services_check_requests(all);
	ctx_dispose(&all->ctx);
	pgserver_stop(all->pg);
	server_stop(all->dynamodb);
	buf_dispose(&all->resp.body);
	buf_dispose(&all->resp.headers);
}

#endif
