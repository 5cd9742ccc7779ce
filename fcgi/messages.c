/* messages.c - GET /api/messages/{group_uuid}: a page of a conversation, oldest first. */
#include "domain/conversation.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	struct message_place place;
	char group[UUID_SIZE];
	int r;

	r = req_param_uuid(req, "group_uuid", group);
	if (r < 0)
		return r;

	r = message_place_from_query(req, &place);
	if (r < 0)
		return r;

	r = page_from_query(req, &conversation_messages_page, &page);
	if (r < 0)
		return r;

	return conversation_messages(ctx, req->caller.uuid, group, &page, &place, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/messages/{group_uuid}", AUTH_REQUIRED, CACHE_NONE, list},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
