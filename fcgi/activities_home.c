/* activities_home.c - GET /api/activities/home: the newest cruds. */
#include "domain/activity.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &activity_page, &page);
	if (r < 0)
		return r;

	return activity_home(ctx->db, req->caller.uuid, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/home", AUTH_OPTIONAL, CACHE_FEED, list},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
