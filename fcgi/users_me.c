/* users_me.c - GET /api/users/me: the caller's account, and how much is unread. */
#include "domain/conversation.h"
#include "domain/user.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	int64_t unread;
	int r;

	r = conversation_unread(ctx, req->caller.uuid, &unread);
	if (r < 0)
		return r;

	return user_write_account(ctx->db, req->caller.uuid, unread, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users/me", AUTH_REQUIRED, CACHE_NONE, show},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
