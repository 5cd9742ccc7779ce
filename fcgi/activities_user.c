/* activities_user.c - GET /api/activities/@{handle}: a person's profile and cruds. */
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
	return activity_of_user(ctx->db, caller.uuid, req_param(req, "handle"), &page, req, resp);
}

int main(void)
{
	static const struct route routes[] = {{"GET", "/api/activities/@{handle}", handle}, {0}};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
