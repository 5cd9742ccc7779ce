/* quota.c - see quota.h. */
#include "domain/quota.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "queries.h"
#include "web/problem.h"

#define WINDOW_S (24 * 3600)

static struct resp_limit limit_of(const struct ctx *ctx, enum quota quota)
{
	return (struct resp_limit){
		.name = config_quota_names[quota],
		.most = ctx->config.quotas[quota],
		.window_s = WINDOW_S,
	};
}

const char *quota_text(const struct ctx *ctx, enum quota quota, char text[QUOTA_TEXT_SIZE])
{
	if (ctx->config.quotas[quota] == 0)
		return NULL;
	snprintf(text, QUOTA_TEXT_SIZE, "%d", ctx->config.quotas[quota]);
	return text;
}

void quota_tell(const struct ctx *ctx, enum quota quota, struct slice rest, struct resp *resp)
{
	if (rest.len == 0)
		return;
	resp->limit = limit_of(ctx, quota);
	resp->limit.rest = db_integer_of(rest);
}

int quota_problem(const struct ctx *ctx, int err, struct resp *resp)
{
	static const char prefix[] = "QUOTA: ";
	struct slice name, rest;
	uint64_t reset_s;

	if (err != ERR_QUOTA)
		return err;
	/* QUOTA: name seconds */
	rest = slice_of(db_problem(ctx->db));
	if (strncmp(rest.ptr, prefix, sizeof(prefix) - 1) != 0)
		return ERR_INTERNAL;
	rest = slice_from(rest, sizeof(prefix) - 1);
	name = (struct slice){rest.ptr, strcspn(rest.ptr, " ")};
	if (name.len == rest.len ||
	    !slice_number(slice_from(rest, name.len + 1), 10, 2 * WINDOW_S, &reset_s))
		return ERR_INTERNAL;
	for (enum quota i = 0; i < QUOTA_COUNT; i++)
		if (slice_is(name, config_quota_names[i]))
			resp->limit = limit_of(ctx, i);
	resp->limit.reset_s = (int)reset_s;
	return PROBLEM_QUOTA_EXCEEDED;
}

int quota_take(struct ctx *ctx, const char *me, enum quota quota, struct resp *resp)
{
	char most[QUOTA_TEXT_SIZE];
	const char *values[] = {me, config_quota_names[quota], quota_text(ctx, quota, most)};
	pg_result_auto *result = NULL;
	int r;

	if (!values[2])
		return 0;
	r = db_query(ctx->db, &query_quotas_take, 3, values, &result);
	if (r < 0)
		return quota_problem(ctx, r, resp);
	quota_tell(ctx, quota, db_value(result, 0, 0), resp);
	return 0;
}

void quota_give_back(struct ctx *ctx, const char *me, enum quota quota)
{
	const char *values[] = {me, config_quota_names[quota]};
	pg_result_auto *result = NULL;

	if (ctx->config.quotas[quota] == 0)
		return;
	if (db_query(ctx->db, &query_quotas_give_back, 2, values, &result) < 0)
		return;
}
