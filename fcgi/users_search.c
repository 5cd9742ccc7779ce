/* users_search.c - GET /api/users?term=: people by handle or name. */
#include "domain/people.h"
#include "web/route.h"
#include "web/term.h"

static int search(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	struct slice term;
	int r;

	r = page_from_query(req, &people_search_page, &page);
	if (r < 0)
		return r;

	r = term_read(req, resp, &term);
	if (r < 0)
		return r;

	return people_search(ctx->db, req->caller.uuid, term, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users", AUTH_OPTIONAL, CACHE_NONE, search},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
