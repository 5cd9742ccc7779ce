/*
 * route.h - the route loop: what every program of fcgi/ runs.
 *
 * With a listening socket on standard input (supervisor, systemd, spawn-fcgi -n) it serves
 * FastCGI requests until SIGTERM, finishing the one that runs. Without one it answers a single
 * request from the CGI environment (RFC 3875) and exits.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "aws/cognito.h"
#include "aws/dynamodb.h"
#include "base/cache.h"
#include "base/err.h"
#include "db/db.h"
#include "domain/readiness.h"
#include "identity/token.h"
#include "run/budget.h"
#include "run/config.h"
#include "web/req.h"
#include "web/resp.h"

/* What a process keeps; parts that the program does not need are NULL. */
struct ctx {
	struct config config;
	struct budget budget;
	struct db *db;
	struct dynamodb *dynamodb;
	struct tokens *tokens;
	struct cognito *cognito;
	struct cache *users;	     /* remembered callers: subject to uuid */
	struct cache *conversations; /* remembered members (conversation_members.c) */
	struct readiness readiness;
};

struct route {
	const char *method; /* GET also answers HEAD */
	const char *path;   /* as req_match reads it */
	/* Returns 0 when the response is written, or an ERR_… for its problem document. */
	int (*handle)(struct ctx *ctx, const struct req *req, struct resp *resp);
};

/*
 * Run the program. routes: ended by one without a method. needs: NEEDS_… bits.
 * Returns the exit status: 0 after SIGTERM or the one CGI request; 1 when the configuration is
 * wrong (one line on standard error says what) or there is no memory to begin with.
 */
int route_main(const struct route *routes, unsigned needs);

/* The version that was built (git describe); static. */
const char *route_version(void);

#endif
