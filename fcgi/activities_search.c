/* activities_search.c - GET /api/activities/search?term=: cruds by words, @handle and #tag. */
#include "domain/activity.h"
#include "web/route.h"
#include "web/term.h"

static int search(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	struct slice term;
	int r;

	r = page_from_query(req, &activity_search_page, &page);
	if (r < 0)
		return r;

	r = term_read(req, resp, &term);
	if (r < 0)
		return r;

	return activity_search(ctx->db, req->caller.uuid, term, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/activities/search", AUTH_OPTIONAL, CACHE_FEED, search},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
