/* readiness.c - see readiness.h. */
#include "domain/readiness.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "aws/dynamodb.h"
#include "base/clock.h"
#include "base/err.h"
#include "db/db.h"
#include "identity/token.h"
#include "queries.h"
#include "requests.h"

/* The result of the last calls; ctx->readiness keeps it. */
struct readiness {
	int64_t until_ms; /* clock_monotonic_ms() until which it is used */
	bool ready;
	bool up[DEP_COUNT];
	int64_t latency_us[DEP_COUNT];
};

static int call_db(struct ctx *ctx)
{
	pg_result_auto *result = NULL;

	return db_query(ctx->db, &query_users_ping, 0, NULL, &result);
}

static int call_dynamodb(struct ctx *ctx)
{
	const struct dynamodb_answer *answer;

	return dynamodb_send(ctx->dynamodb, REQUEST(GetItem, ready), &answer);
}

static int call_cognito(struct ctx *ctx)
{
	return token_verifier_ready(ctx->tokens);
}

static int (*const calls[DEP_COUNT])(struct ctx *ctx) = {
	[DEP_DB] = call_db,
	[DEP_DYNAMODB] = call_dynamodb,
	[DEP_COGNITO] = call_cognito,
};

static void call_all(struct ctx *ctx, struct readiness *readiness)
{
	readiness->ready = true;
	for (int i = 0; i < DEP_COUNT; i++) {
		int64_t started_us = clock_monotonic_us();

		readiness->up[i] = calls[i](ctx) == 0;
		readiness->latency_us[i] = clock_monotonic_us() - started_us;
		readiness->ready = readiness->ready && readiness->up[i];
	}
	readiness->until_ms = clock_monotonic_ms() + READINESS_KEEP_MS;
}

int readiness_write(struct ctx *ctx, struct resp *resp)
{
	const struct readiness *readiness;
	struct jsonout *out;

	if (!ctx->readiness)
		ctx->readiness = calloc(1, sizeof(*ctx->readiness));
	if (!ctx->readiness)
		return ERR_NO_MEMORY;
	readiness = ctx->readiness;
	if (clock_monotonic_ms() >= readiness->until_ms)
		call_all(ctx, ctx->readiness);
	if (readiness->ready) {
		out = resp_json(resp);
		jsonout_object(out);
	} else {
		out = resp_problem_open(resp, ERR_UNAVAILABLE);
	}
	jsonout_member_bool(out, "ready", readiness->ready);
	jsonout_key(out, "dependencies");
	jsonout_object(out);
	for (int i = 0; i < DEP_COUNT; i++) {
		jsonout_key(out, dependency_names[i]);
		jsonout_object(out);
		jsonout_member_bool(out, "up", readiness->up[i]);
		jsonout_member_integer(out, "latency_us", readiness->latency_us[i]);
		jsonout_object_end(out);
	}
	jsonout_object_end(out);
	jsonout_object_end(out);
	return resp_json_end(resp);
}
