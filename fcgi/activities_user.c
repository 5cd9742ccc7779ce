/* activities_user.c - GET /api/activities/@{handle}: a person's profile, and what they write. */
#include "domain/activity.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_of_kind_from_query(req, activity_user_pages, ACTIVITY_USER_PAGES, resp, &page);
	if (r < 0)
		return r;

	return activity_of_user(ctx->db, req->caller.uuid, req_param(req, "handle"), &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/@{handle}", AUTH_OPTIONAL, CACHE_FEED, show},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
