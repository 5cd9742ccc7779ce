/* activities_ending.c - GET /api/activities/ending: the cruds that end soon. */
#include "domain/activity.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &activity_ending_page, &page);
	if (r < 0)
		return r;

	return activity_ending(ctx->db, req->caller.uuid, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/ending", AUTH_OPTIONAL, CACHE_FEED, list},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
