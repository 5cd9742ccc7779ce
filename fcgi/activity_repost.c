/* activity_repost.c - PUT, DELETE /api/activities/{uuid}/repost: repost a crud, or take the repost
 * back. */
#include "domain/activity.h"
#include "web/route.h"

static int repost(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char uuid[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	return activity_repost(ctx, req->caller.uuid, uuid, resp);
}

static int unrepost(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char uuid[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	return activity_unrepost(ctx, req->caller.uuid, uuid, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/activities/{uuid}/repost", AUTH_REQUIRED, CACHE_NONE, repost},
		{"DELETE", "/api/activities/{uuid}/repost", AUTH_REQUIRED, CACHE_NONE, unrepost},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
