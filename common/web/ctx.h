/*
 * ctx.h - what a worker process keeps between requests: configuration, connections, caches.
 *
 * A process has exactly one, made by the route loop. Connections are opened on first use.
 */
#ifndef CTX_H
#define CTX_H

#include "run/budget.h"
#include "run/config.h"

struct cache;
struct cognito;
struct db;
struct dynamodb;
struct publisher;
struct rate;
struct recent;
struct tuning;
struct readiness;
struct token_verifier;

/* The parts that the program does not need are NULL. */
struct ctx {
	struct config config;
	struct budget budget; /* of the request that is served */
	struct db *db;
	struct dynamodb *dynamodb;
	struct token_verifier *tokens;
	struct cognito *cognito;
	struct rate *rate;	     /* NULL: requests of a person are not counted */
	struct tuning *tuning;	     /* NULL: the configuration stays */
	struct cache *users;	     /* Cognito subject -> uuid of the person (web/caller.c) */
	struct cache *refusals;	     /* digest of a token -> its refusal (web/caller.c) */
	struct cache *conversations; /* uuid -> its members (domain/conversation_members.c) */
	struct publisher *publisher; /* made by domain/publish.c, freed here */
	struct recent *recent;	     /* made by domain/typing.c, freed here */
	struct readiness *readiness; /* allocated by domain/readiness.c, freed here */
};

/*
 * Make the parts that `needs` (NEEDS_… bits) asks for; ctx->config is loaded already.
 * Returns 0; ERR_NO_MEMORY, with what was made so far left for ctx_dispose.
 */
int ctx_init(struct ctx *ctx, unsigned needs) __attribute__((warn_unused_result));
void ctx_dispose(struct ctx *ctx);

#endif
