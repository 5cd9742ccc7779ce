/* activity_create.c - POST /api/activities: a new crud with a limited time to live. */
#include "domain/activity.h"
#include "json/jsonin.h"
#include "web/route.h"

static const struct field ttl_field = {
	.key = "ttl",
	.blank = "ttl_blank",
	.invalid = "ttl_invalid",
};

static int create(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct idempotency key;
	struct activity_draft draft = {0};
	struct slice ttl;
	json_auto *body = NULL;
	int r;

	r = idempotency_read(req, &key);
	if (r < 0)
		return r;

	r = req_json(req, &body);
	if (r < 0)
		return r;

	field_read(body, &activity_message_field, resp, &draft.message);
	if (field_read(body, &ttl_field, resp, &ttl)) {
		draft.interval = activity_interval(ttl);
		if (!draft.interval)
			resp_add_code(resp, ttl_field.invalid);
	}
	r = resp_check(resp);
	if (r < 0)
		return r;

	return activity_create(ctx, req->caller.uuid, &draft, &key, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"POST", "/api/activities", AUTH_REQUIRED, CACHE_NONE, create},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
