/* activity_repost.c - PUT, DELETE /api/activities/{uuid}/repost: repost a crud, or take it back. */
#include "domain/activity.h"
#include "web/route.h"

static int repost(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return activity_change(ctx, req, resp, activity_repost);
}

static int unrepost(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return activity_change(ctx, req, resp, activity_unrepost);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/activities/{uuid}/repost", repost},
		{"DELETE", "/api/activities/{uuid}/repost", unrepost},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
