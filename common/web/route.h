/*
 * route.h - the route loop: what every program of fcgi/ runs.
 *
 * A program declares its routes in a table; the loop finds the route of a request, authenticates
 * its caller, reads its body, calls the handler, and sends, counts and logs the answer.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "base/err.h"
#include "run/dependency.h"
#include "web/caller.h"
#include "web/ctx.h"
#include "web/problem.h"
#include "web/req.h"
#include "web/resp.h"

/*
 * The caches that may keep a successful answer.
 *	CACHE_NONE    nobody: Cache-Control: private, no-store
 *	CACHE_FEED    nginx, for a second, the answer to anonymous callers: it is the same for all
 *of them (X-Accel-Expires: 1); clients as CACHE_NONE CACHE_PUBLIC  everybody, if they revalidate:
 *Cache-Control: no-cache
 *	CACHE_PAGE    nginx as CACHE_FEED, everybody else as CACHE_PUBLIC
 */
enum cache_policy { CACHE_NONE, CACHE_FEED, CACHE_PUBLIC, CACHE_PAGE };

/*
 * One route. bin/routes reads these tables from the sources of fcgi/: nginx's locations, its feed
 * cache and the tests follow from them. One entry per line: {method, pattern, auth, cache,
 * handler}.
 */
struct route {
	const char *method; /* GET also answers HEAD */
	const char *path;   /* a pattern, as req_match reads it */
	enum auth auth;
	enum cache_policy cache;
	/*
	 * Returns 0 when the response is written, else ERR_… or PROBLEM_…. ERR_REFERENCE: nothing
	 * was changed because the caller, or a row that is referred to, is gone; the loop looks the
	 * caller up and calls once more.
	 */
	int (*handle)(struct ctx *ctx, const struct req *req, struct resp *resp);
};

/*
 * Run the program: serve requests until SIGTERM, finishing the one that runs, or answer one CGI
 * request (web/fcgi.h).
 *
 * routes: ended by an entry without a method. needs: NEEDS_… bits.
 * Returns the exit status: 0 after SIGTERM or the one CGI request; 1 when the configuration is
 * wrong, there is not enough memory to start, or the system gives no more connections. A line on
 * standard error says which.
 */
int route_main(const struct route *routes, unsigned needs);

/* The version that was built (git describe); static. */
const char *route_version(void);

#endif
