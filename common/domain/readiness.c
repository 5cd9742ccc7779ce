/* readiness.c - see readiness.h. */
#include "domain/readiness.h"

#include "base/clock.h"
#include "base/err.h"
#include "queries.h"
#include "web/route.h"

static int ask_db(struct ctx *ctx)
{
	pg_result_auto *result = NULL;

	return db_query(ctx->db, &query_users_ping, 0, NULL, &result);
}

/* A read that every worker may do anyway; the item need not exist. */
static int ask_dynamodb(struct ctx *ctx)
{
	struct jsonout *out = dynamodb_request(ctx->dynamodb);
	const struct dynamodb_answer *answer;

	jsonout_member_text(out, "TableName", ctx->config.messages_table);
	jsonout_member_bool(out, "ConsistentRead", true);
	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_string(out, "pk", SLICE("READY"));
	item_put_string(out, "sk", SLICE("READY"));
	jsonout_object_end(out);
	return dynamodb_send(ctx->dynamodb, "GetItem", &answer);
}

static int ask_cognito(struct ctx *ctx)
{
	return tokens_ready(ctx->tokens);
}

static int (*const ask[DEP_COUNT])(struct ctx *ctx) = {
	[DEP_DB] = ask_db,
	[DEP_DYNAMODB] = ask_dynamodb,
	[DEP_COGNITO] = ask_cognito,
};

static void ask_all(struct ctx *ctx)
{
	struct readiness *seen = &ctx->readiness;

	seen->ready = true;
	for (int i = 0; i < DEP_COUNT; i++) {
		int64_t started_us = clock_monotonic_us();

		seen->up[i] = ask[i](ctx) == 0;
		seen->latency_us[i] = clock_monotonic_us() - started_us;
		seen->ready = seen->ready && seen->up[i];
	}
	seen->until_ms = clock_monotonic_ms() + READINESS_KEEP_MS;
}

int readiness_write(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	const struct readiness *seen = &ctx->readiness;
	struct jsonout *out;

	if (clock_monotonic_ms() >= seen->until_ms)
		ask_all(ctx);
	if (seen->ready) {
		out = resp_json(resp);
		jsonout_object(out);
	} else {
		out = resp_problem_open(resp, req, ERR_UNAVAILABLE);
	}
	jsonout_member_bool(out, "ready", seen->ready);
	jsonout_key(out, "dependencies");
	jsonout_object(out);
	for (int i = 0; i < DEP_COUNT; i++) {
		jsonout_key(out, dependency_names[i]);
		jsonout_object(out);
		jsonout_member_bool(out, "up", seen->up[i]);
		jsonout_member_integer(out, "latency_us", seen->latency_us[i]);
		jsonout_object_end(out);
	}
	jsonout_object_end(out);
	jsonout_object_end(out);
	return resp_json_end(resp);
}
