/*
 * activities_notifications.c - GET /api/activities/notifications: what others did with the caller's
 * cruds; PUT /api/activities/notifications/read: all of it has been read.
 */
#include "domain/notification.h"
#include "domain/user.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	struct page page;
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = page_from_query(req, NOTIFICATION_CURSOR, KEYSET_FIELDS, &page);
	if (r < 0)
		return r;

	return notification_list(ctx->db, me.uuid, &page, req, resp);
}

static int read_all(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = notification_read(ctx->db, me.uuid);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/notifications", list},
		{"PUT", "/api/activities/notifications/read", read_all},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
