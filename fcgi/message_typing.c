/* message_typing.c - POST /api/message_groups/{uuid}/typing: tell the others that one is writing.
 */
#include "domain/typing.h"
#include "web/route.h"

static int tell(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char group[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", group);
	if (r < 0)
		return r;

	r = typing_tell(ctx, req->caller.uuid, group);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"POST", "/api/message_groups/{uuid}/typing", AUTH_REQUIRED, CACHE_NONE, tell},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
