/* message_group_members.c - GET /api/message_groups/{uuid}/members: who is in a conversation. */
#include "domain/conversation.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	char group[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "uuid", group);
	if (r < 0)
		return r;

	r = page_from_query(req, &conversation_members_page, &page);
	if (r < 0)
		return r;

	return conversation_members(ctx, req->caller.uuid, group, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/message_groups/{uuid}/members", AUTH_REQUIRED, CACHE_NONE, list},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
