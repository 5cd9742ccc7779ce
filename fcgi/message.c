/* message.c - DELETE /api/messages/{group_uuid}/{uuid}: delete one's own message. */
#include "domain/conversation.h"
#include "web/route.h"

static int erase(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char group[UUID_SIZE];
	char message[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "group_uuid", group);
	if (r < 0)
		return r;

	r = req_param_uuid(req, "uuid", message);
	if (r < 0)
		return r;

	r = conversation_delete(ctx, req->caller.uuid, group, message);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"DELETE", "/api/messages/{group_uuid}/{uuid}", AUTH_REQUIRED, CACHE_NONE, erase},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
