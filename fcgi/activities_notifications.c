/*
 * activities_notifications.c - GET /api/activities/notifications: what others did with the caller's
 * cruds; PUT /api/activities/notifications/read: mark those that were shown, or all, as read.
 */
#include "domain/notification.h"
#include "json/jsonin.h"
#include "web/field.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_of_kind_from_query(req, notification_pages, NOTIFICATION_PAGES, resp, &page);
	if (r < 0)
		return r;

	return notification_list(ctx->db, req->caller.uuid, &page, resp);
}

static int mark_read(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	static const struct field uuid_field = {
		.key = "notification_uuid",
		.blank = "notification_uuid_blank",
		.invalid = "notification_uuid_invalid",
	};
	char newest[UUID_SIZE];
	json_auto *body = NULL;
	int r;

	if (req->body.len > 0) {
		r = req_json(req, &body);
		if (r < 0)
			return r;

		field_uuid(body, &uuid_field, resp, newest);
		r = resp_check(resp);
		if (r < 0)
			return r;
	}

	r = notification_read(ctx->db, req->caller.uuid, body ? newest : NULL);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/notifications", AUTH_REQUIRED, CACHE_NONE, list},
		{"PUT", "/api/activities/notifications/read", AUTH_REQUIRED, CACHE_NONE, mark_read},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
