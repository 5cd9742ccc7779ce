/* users_me.c - GET /api/users/me: the caller's own account and what waits to be read. */
#include "domain/conversation.h"
#include "domain/user.h"
#include "web/route.h"

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	profile_auto profile = {0};
	int64_t unread;
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = profile_load(ctx->db, me.uuid, &profile);
	if (r < 0)
		return r;

	r = conversation_unread(ctx, me.uuid, &unread);
	if (r < 0)
		return r;

	return profile_write(&profile, unread, resp);
}

int main(void)
{
	static const struct route routes[] = {{"GET", "/api/users/me", handle}, {0}};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
