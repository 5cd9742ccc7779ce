/* message_group_accept.c - PUT /api/message_groups/{uuid}/accept: accept a request. */
#include "domain/conversation.h"
#include "web/route.h"

static int accept_request(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char group[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", group);
	if (r < 0)
		return r;

	return conversation_accept(ctx, req->caller.uuid, group, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/message_groups/{uuid}/accept", AUTH_REQUIRED, CACHE_NONE,
		 accept_request},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
