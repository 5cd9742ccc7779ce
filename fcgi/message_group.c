/*
 * message_group.c - GET /api/message_groups/{uuid}: one of the caller's conversations; DELETE: hide
 * it until something new comes.
 */
#include "domain/conversation.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char group[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", group);
	if (r < 0)
		return r;

	return conversation_show(ctx, req->caller.uuid, group, resp);
}

static int hide(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char group[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", group);
	if (r < 0)
		return r;

	r = conversation_hide(ctx, req->caller.uuid, group);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/message_groups/{uuid}", AUTH_REQUIRED, CACHE_NONE, show},
		{"DELETE", "/api/message_groups/{uuid}", AUTH_REQUIRED, CACHE_NONE, hide},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
