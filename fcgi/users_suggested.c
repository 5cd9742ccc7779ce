/* users_suggested.c - GET /api/users/suggested: people whom I may want to follow. */
#include "domain/people.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &people_suggested_page, &page);
	if (r < 0)
		return r;

	return people_suggested(ctx->db, req->caller.uuid, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users/suggested", AUTH_REQUIRED, CACHE_NONE, list},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
