/* activities_search.c - GET /api/activities/search?term=: cruds by words, @handle and #tag. */
#include "base/text.h"
#include "domain/activity.h"
#include "limit.h"
#include "web/route.h"

/* Returns 0 with the trimmed term; PROBLEM_INVALID with its code; as req_query. */
static int read_term(const struct req *req, struct resp *resp, struct slice *ret_term)
{
	struct slice term = SLICE("");
	int r;

	r = req_query(req, "term", &term);
	if (r < 0 && r != ERR_NOT_FOUND)
		return r;
	term = text_trim(term);
	if (term.len == 0)
		resp_add_code(resp, "search_term_blank");
	if (text_length(term) > LIMIT_SEARCH_TERM)
		resp_add_code(resp, "search_term_exceed_max_chars");
	*ret_term = term;
	return resp_check(resp);
}

static int search(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	struct slice term;
	int r;

	r = page_from_query(req, &activity_search_page, &page);
	if (r < 0)
		return r;

	r = read_term(req, resp, &term);
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
