/* activity_bookmark.c - PUT, DELETE /api/activities/{uuid}/bookmark: keep a crud for later, or no
 * longer. */
#include "domain/activity.h"
#include "web/route.h"

static int bookmark(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char uuid[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	return activity_bookmark(ctx, req->caller.uuid, uuid, resp);
}

static int unbookmark(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char uuid[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	return activity_unbookmark(ctx, req->caller.uuid, uuid, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/activities/{uuid}/bookmark", AUTH_REQUIRED, CACHE_NONE, bookmark},
		{"DELETE", "/api/activities/{uuid}/bookmark", AUTH_REQUIRED, CACHE_NONE,
		 unbookmark},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
