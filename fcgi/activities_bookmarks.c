/* activities_bookmarks.c - GET /api/activities/bookmarks: the cruds that I have bookmarked. */
#include "domain/activity.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &activity_bookmarks_page, &page);
	if (r < 0)
		return r;

	return activity_bookmarks(ctx->db, req->caller.uuid, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/bookmarks", AUTH_REQUIRED, CACHE_NONE, list},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
