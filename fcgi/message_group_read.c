/* message_group_read.c - PUT /api/message_groups/{uuid}/read: mark what was shown as read. */
#include "domain/conversation.h"
#include "json/jsonin.h"
#include "web/field.h"
#include "web/route.h"

static int mark_read(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	static const struct field uuid_field = {
		.key = "message_uuid",
		.blank = "message_uuid_blank",
		.invalid = "message_uuid_invalid",
	};
	char group[UUID_SIZE];
	char message[UUID_SIZE];
	json_auto *body = NULL;
	int r;

	r = req_param_uuid(req, "uuid", group);
	if (r < 0)
		return r;

	r = req_json(req, &body);
	if (r < 0)
		return r;

	field_uuid(body, &uuid_field, resp, message);
	r = resp_check(resp);
	if (r < 0)
		return r;

	r = conversation_mark_read(ctx, req->caller.uuid, group, message);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/message_groups/{uuid}/read", AUTH_REQUIRED, CACHE_NONE, mark_read},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
