/* activity_like.c - PUT, DELETE /api/activities/{uuid}/like: like a crud, or take it back. */
#include "domain/activity.h"
#include "web/route.h"

static int like(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return activity_change(ctx, req, resp, activity_like);
}

static int unlike(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return activity_change(ctx, req, resp, activity_unlike);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/activities/{uuid}/like", like},
		{"DELETE", "/api/activities/{uuid}/like", unlike},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
