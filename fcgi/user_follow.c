/* user_follow.c - PUT, DELETE /api/users/@{handle}/follow: follow a person, or no longer. */
#include "domain/relation.h"
#include "web/route.h"

static int follow(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return relation_follow(ctx, req->caller.uuid, req_param(req, "handle"), resp);
}

static int unfollow(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return relation_unfollow(ctx, req->caller.uuid, req_param(req, "handle"), resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/users/@{handle}/follow", AUTH_REQUIRED, CACHE_NONE, follow},
		{"DELETE", "/api/users/@{handle}/follow", AUTH_REQUIRED, CACHE_NONE, unfollow},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
