/* activity_like.c - PUT, DELETE /api/activities/{uuid}/like: like a crud, or take the like back. */
#include "domain/activity.h"
#include "web/route.h"

static int like(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char uuid[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	return activity_like(ctx, req->caller.uuid, uuid, resp);
}

static int unlike(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char uuid[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	return activity_unlike(ctx, req->caller.uuid, uuid, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/activities/{uuid}/like", AUTH_REQUIRED, CACHE_NONE, like},
		{"DELETE", "/api/activities/{uuid}/like", AUTH_REQUIRED, CACHE_NONE, unlike},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
