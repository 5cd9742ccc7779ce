/* messages.c - GET /api/messages/{group_uuid}: a page of a conversation, oldest to newest. */
#include "domain/conversation.h"
#include "domain/user.h"
#include "web/route.h"

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	struct page page;
	char group[UUID_SIZE];
	char after[UUID_SIZE];
	bool has_after;
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = req_param_uuid(req, "group_uuid", group);
	if (r < 0)
		return r;

	r = page_from_query(req, CONVERSATION_MESSAGES_CURSOR, CONVERSATION_MESSAGES_FIELDS, &page);
	if (r < 0)
		return r;

	r = req_query_uuid(req, "after", &has_after, after);
	if (r < 0)
		return r == ERR_INVALID ? ERR_AFTER_INVALID : r;

	return conversation_messages(ctx, me.uuid, group, &page, has_after ? after : NULL, req,
				     resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/messages/{group_uuid}", handle},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
