/* message_groups.c - GET /api/message_groups: the caller's conversations, newest first. */
#include "domain/conversation.h"
#include "domain/user.h"
#include "web/route.h"

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	struct page page;
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r; /* the loop logs it and sends the matching problem */

	r = page_from_query(req, CONVERSATION_LIST_CURSOR, CONVERSATION_LIST_FIELDS, &page);
	if (r < 0)
		return r;

	return conversation_list(ctx, me.uuid, &page, req, resp);
}

int main(void)
{
	static const struct route routes[] = {{"GET", "/api/message_groups", handle}, {0}};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
