/*
 * caller.h - authentication: the person behind the access token of a request.
 */
#ifndef CALLER_H
#define CALLER_H

#include "web/ctx.h"
#include "web/req.h"

/*
 * The people who may call a route.
 *	AUTH_NONE      anybody; an Authorization header is ignored
 *	AUTH_OPTIONAL  anybody; a token that is sent must be valid
 *	AUTH_REQUIRED  people with a valid access token; an account that is seen for the first time
 *	               is registered
 */
enum auth { AUTH_NONE, AUTH_OPTIONAL, AUTH_REQUIRED };

/*
 * Set req->caller: verify the access token (RFC 6750 §2.1), find the person of its subject, and,
 * for AUTH_REQUIRED, register a new account with what Cognito's GetUser knows of it.
 *
 * A suspended person may call no route of AUTH_REQUIRED, and is anonymous elsewhere. The token of
 * an account whose person was deleted is invalid.
 *
 * A person who was found is not looked up again for a second, and while PostgreSQL does not answer.
 * An account that was refused is not asked for again for two seconds with the same token.
 *
 * req->caller.uuid is "" for AUTH_NONE, without a token, and for an account on an AUTH_OPTIONAL
 * route that is not registered or is suspended.
 * Returns 0; PROBLEM_TOKEN_MISSING; PROBLEM_TOKEN_INVALID; PROBLEM_AUTHORIZATION_INVALID for more
 * than one Authorization header; PROBLEM_ACCOUNT_SUSPENDED; for a new account: PROBLEM_SCOPE,
 * PROBLEM_HANDLE_MISSING, PROBLEM_HANDLE_INVALID, PROBLEM_HANDLE_RESERVED, PROBLEM_HANDLE_TAKEN;
 * ERR_UNAVAILABLE; ERR_OVERLOADED; ERR_NO_MEMORY.
 */
int caller_authenticate(struct ctx *ctx, enum auth auth, struct req *req)
	__attribute__((warn_unused_result));

/*
 * The same from what PostgreSQL knows now: for a caller who turned out to be gone. Returns as
 * caller_authenticate.
 */
int caller_renew(struct ctx *ctx, enum auth auth, struct req *req)
	__attribute__((warn_unused_result));

/*
 * For routes of moderators, before anything else: the token of the caller must name the group
 * `moderators` (identity/jwt.h). A person who leaves the group keeps the right until that token
 * ends. Returns 0; PROBLEM_MODERATORS_ONLY.
 */
int caller_check_moderator(const struct req *req) __attribute__((warn_unused_result));

#endif
