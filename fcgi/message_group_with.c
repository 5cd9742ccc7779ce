/* message_group_with.c - GET /api/message_groups/@{handle}: the conversation with that person. */
#include "domain/conversation.h"
#include "domain/user.h"
#include "web/route.h"

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	struct user other;
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = user_by_handle(ctx->db, req_param(req, "handle"), &other);
	if (r < 0)
		return r;

	return conversation_with(ctx, me.uuid, other.uuid, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/message_groups/@{handle}", handle},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
