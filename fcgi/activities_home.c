/* activities_home.c - GET /api/activities/home: the newest cruds of all. */
#include "domain/activity.h"
#include "domain/user.h"
#include "web/route.h"

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller caller;
	struct page page;
	int r;

	r = user_optional(ctx, req, &caller);
	if (r < 0)
		return r;

	r = page_from_query(req, ACTIVITY_CURSOR, KEYSET_FIELDS, &page);
	if (r < 0)
		return r;

	resp->feed = true;
	return activity_home(ctx->db, caller.uuid, &page, req, resp);
}

int main(void)
{
	static const struct route routes[] = {{"GET", "/api/activities/home", handle}, {0}};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
