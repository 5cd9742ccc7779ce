/* activity_create.c - POST /api/activities: a new crud, which lives for as long as it says. */
#include "domain/activity.h"
#include "domain/user.h"
#include "web/field.h"
#include "web/route.h"
#include "json/jsonin.h"

static const struct field ttl_field = {
	.key = "ttl",
	.blank = "ttl_blank",
	.invalid = "ttl_invalid",
};

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	struct idempotency key;
	struct draft draft = {0};
	struct slice ttl;
	json_auto *body = NULL;
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

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
			resp_invalid(resp, ttl_field.invalid);
	}
	r = resp_check(resp);
	if (r < 0)
		return r;

	return activity_create(ctx->db, me.uuid, &draft, &key, resp);
}

int main(void)
{
	static const struct route routes[] = {{"POST", "/api/activities", handle}, {0}};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
