/*
 * activity.c - GET /api/activities/{uuid}, GET /api/activities/@{handle}/status/{uuid}: a crud with
 * what it answers and the replies to it; DELETE /api/activities/{uuid}: delete one's own crud.
 */
#include "domain/activity.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	char uuid[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	r = page_from_query(req, &activity_page, &page);
	if (r < 0)
		return r;

	return activity_show(ctx->db, req->caller.uuid, uuid, req_param(req, "handle"), &page,
			     resp);
}

static int erase(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char uuid[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	r = activity_delete(ctx->db, req->caller.uuid, uuid);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/{uuid}", AUTH_OPTIONAL, CACHE_FEED, show},
		{"GET", "/api/activities/@{handle}/status/{uuid}", AUTH_OPTIONAL, CACHE_FEED, show},
		{"DELETE", "/api/activities/{uuid}", AUTH_REQUIRED, CACHE_NONE, erase},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
