/* message_groups.c - GET /api/message_groups: the caller's conversations, newest first. */
#include "domain/conversation.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &conversation_list_page, &page);
	if (r < 0)
		return r; /* the loop logs it and sends the matching problem */

	return conversation_list(ctx, req->caller.uuid, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/message_groups", AUTH_REQUIRED, CACHE_NONE, list},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
