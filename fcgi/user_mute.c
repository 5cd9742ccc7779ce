/* user_mute.c - PUT, DELETE /api/users/@{handle}/mute: mute a person, or no longer. */
#include "domain/relation.h"
#include "web/route.h"

static int mute(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return relation_mute(ctx, req->caller.uuid, req_param(req, "handle"), resp);
}

static int unmute(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return relation_unmute(ctx, req->caller.uuid, req_param(req, "handle"), resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/users/@{handle}/mute", AUTH_REQUIRED, CACHE_NONE, mute},
		{"DELETE", "/api/users/@{handle}/mute", AUTH_REQUIRED, CACHE_NONE, unmute},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
