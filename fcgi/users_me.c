/*
 * users_me.c - GET /api/users/me: the caller's account, and how much is unread; DELETE
 * /api/users/me: delete the account.
 */
#include "base/clock.h"
#include "domain/conversation.h"
#include "domain/erasure.h"
#include "domain/user.h"
#include "web/problem.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	pg_result_auto *account = NULL;
	int64_t unread;
	int r;

	r = user_load_account(ctx->db, req->caller.uuid, &account);
	if (r < 0)
		return r;

	/* The account is shown without DynamoDB, too. */
	r = conversation_unread(ctx, req->caller.uuid, &unread);
	if (r == ERR_UNAVAILABLE || r == ERR_OVERLOADED)
		unread = USER_UNREAD_UNKNOWN;
	else if (r < 0)
		return r;

	return user_write_account(account, unread, resp);
}

static int delete_account(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	if (!erasure_allowed(req->caller.signed_in_s, clock_now_us() / 1000000))
		return PROBLEM_SIGN_IN_AGAIN;
	resp->status = 202;
	return erasure_begin(ctx, req->caller.uuid);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users/me", AUTH_REQUIRED, CACHE_NONE, show},
		{"DELETE", "/api/users/me", AUTH_REQUIRED, CACHE_NONE, delete_account},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
