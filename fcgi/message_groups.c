/* message_groups.c - GET /api/message_groups: the caller's conversations, or requests, newest
 * first. */
#include "base/err.h"
#include "domain/conversation.h"
#include "web/problem.h"
#include "web/route.h"

/* Returns 0; PROBLEM_STATE_INVALID; as req_query. */
static int read_state(const struct req *req, bool *ret_requests)
{
	struct slice state;
	int r;

	r = req_query(req, "state", &state);
	if (r == ERR_NOT_FOUND) {
		*ret_requests = false;
		return 0;
	}
	if (r < 0)
		return r;
	if (!slice_is(state, "request"))
		return PROBLEM_STATE_INVALID;
	*ret_requests = true;
	return 0;
}

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	bool requests;
	int r;

	r = read_state(req, &requests);
	if (r < 0)
		return r;

	r = page_from_query(req, &conversation_list_page, &page);
	if (r < 0)
		return r; /* the loop logs it and sends the matching problem */

	return conversation_list(ctx, req->caller.uuid, requests, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/message_groups", AUTH_REQUIRED, CACHE_NONE, list},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
