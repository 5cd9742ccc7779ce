/* user_block.c - PUT, DELETE /api/users/@{handle}/block: block a person, or no longer. */
#include "domain/relation.h"
#include "web/route.h"

static int block(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return relation_block(ctx, req->caller.uuid, req_param(req, "handle"), resp);
}

static int unblock(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return relation_unblock(ctx, req->caller.uuid, req_param(req, "handle"), resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/users/@{handle}/block", AUTH_REQUIRED, CACHE_NONE, block},
		{"DELETE", "/api/users/@{handle}/block", AUTH_REQUIRED, CACHE_NONE, unblock},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
