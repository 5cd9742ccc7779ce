/* message.c - DELETE /api/messages/{group_uuid}/{uuid}: take back a message of one's own. */
#include "domain/conversation.h"
#include "domain/user.h"
#include "web/route.h"

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	char group[UUID_SIZE];
	char message[UUID_SIZE];
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = req_param_uuid(req, "group_uuid", group);
	if (r < 0)
		return r;

	r = req_param_uuid(req, "uuid", message);
	if (r < 0)
		return r;

	r = conversation_delete(ctx, me.uuid, group, message);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"DELETE", "/api/messages/{group_uuid}/{uuid}", handle},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
