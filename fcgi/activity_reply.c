/* activity_reply.c - POST /api/activities/{uuid}/reply: answer a crud or a reply. */
#include "domain/activity.h"
#include "json/jsonin.h"
#include "web/route.h"

static int reply(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct idempotency key;
	char uuid[UUID_SIZE];
	struct activity_draft draft = {.reply_to = uuid};
	json_auto *body = NULL;
	int r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	r = idempotency_read(req, &key);
	if (r < 0)
		return r;

	r = req_json(req, &body);
	if (r < 0)
		return r;

	field_read(body, &activity_message_field, resp, &draft.message);
	r = resp_check(resp);
	if (r < 0)
		return r;

	return activity_create(ctx, req->caller.uuid, &draft, &key, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"POST", "/api/activities/{uuid}/reply", AUTH_REQUIRED, CACHE_NONE, reply},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
