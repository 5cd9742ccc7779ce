/*
 * activities_notifications.c - GET /api/activities/notifications: what others did with the caller's
 * cruds; PUT /api/activities/notifications/read: mark all of them as read.
 */
#include "domain/notification.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &notification_page, &page);
	if (r < 0)
		return r;

	return notification_list(ctx->db, req->caller.uuid, &page, resp);
}

static int read_all(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	int r;

	r = notification_read_all(ctx->db, req->caller.uuid);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/notifications", AUTH_REQUIRED, CACHE_NONE, list},
		{"PUT", "/api/activities/notifications/read", AUTH_REQUIRED, CACHE_NONE, read_all},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
