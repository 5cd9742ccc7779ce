/* message_group_with.c - GET /api/message_groups/@{handle}: the conversation with that person. */
#include "domain/conversation.h"
#include "domain/user.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	char other[UUID_SIZE];
	int r;

	r = user_uuid_by_handle(ctx->db, req_param(req, "handle"), other);
	if (r < 0)
		return r;

	return conversation_show_with(ctx, req->caller.uuid, other, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/message_groups/@{handle}", AUTH_REQUIRED, CACHE_NONE, show},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
