/*
 * activity.c - GET /api/activities/{uuid}, GET /api/activities/@{handle}/status/{uuid}: a crud with
 * the replies to it; DELETE /api/activities/{uuid}: take back a crud of one's own.
 */
#include "domain/activity.h"
#include "domain/user.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller caller;
	struct page page;
	char uuid[UUID_SIZE];
	int r;

	r = user_optional(ctx, req, &caller);
	if (r < 0)
		return r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	r = page_from_query(req, ACTIVITY_CURSOR, KEYSET_FIELDS, &page);
	if (r < 0)
		return r;

	resp->feed = true;
	return activity_show(ctx->db, caller.uuid, uuid, req_param(req, "handle"), &page, req,
			     resp);
}

static int delete (struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	char uuid[UUID_SIZE];
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	r = activity_delete(ctx->db, me.uuid, uuid);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/{uuid}", show},
		{"GET", "/api/activities/@{handle}/status/{uuid}", show},
		{"DELETE", "/api/activities/{uuid}", delete},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
