/* ctx.c - see ctx.h. */
#include "web/ctx.h"

#include <stdlib.h>

#include "aws/cognito.h"
#include "aws/dynamodb.h"
#include "base/cache.h"
#include "base/err.h"
#include "db/db.h"
#include "identity/token.h"
#include "live/publisher.h"
#include "run/recent.h"

#define USERS_SLOTS	    256
#define REFUSALS_SLOTS	    64
#define CONVERSATIONS_SLOTS 512

int ctx_init(struct ctx *ctx, unsigned needs)
{
	if (needs & NEEDS_DB) {
		ctx->db = db_new(&ctx->config, &ctx->budget);
		if (!ctx->db)
			return ERR_NO_MEMORY;
	}
	if (needs & NEEDS_DYNAMODB) {
		ctx->dynamodb = dynamodb_new(&ctx->config, &ctx->budget);
		ctx->conversations = cache_new(CONVERSATIONS_SLOTS);
		if (!ctx->dynamodb || !ctx->conversations)
			return ERR_NO_MEMORY;
	}
	if (needs & NEEDS_COGNITO) {
		ctx->tokens = token_verifier_new(&ctx->config, &ctx->budget);
		ctx->cognito = cognito_new(&ctx->config, &ctx->budget);
		ctx->users = cache_new(USERS_SLOTS);
		ctx->refusals = cache_new(REFUSALS_SLOTS);
		if (!ctx->tokens || !ctx->cognito || !ctx->users || !ctx->refusals)
			return ERR_NO_MEMORY;
	}
	return 0;
}

void ctx_dispose(struct ctx *ctx)
{
	free(ctx->readiness);
	publisher_free(ctx->publisher);
	recent_close(ctx->recent);
	cache_free(ctx->conversations);
	cache_free(ctx->refusals);
	cache_free(ctx->users);
	cognito_free(ctx->cognito);
	token_verifier_free(ctx->tokens);
	dynamodb_free(ctx->dynamodb);
	db_free(ctx->db);
}
