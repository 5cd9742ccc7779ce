/* activities_search.c - GET /api/activities/search?term=: cruds by words, @handle and #tag. */
#include "base/text.h"
#include "domain/activity.h"
#include "domain/user.h"
#include "limit.h"
#include "web/route.h"

/* Returns 0 with the trimmed term; ERR_INVALID with its code noted. */
static int read_term(const struct req *req, struct resp *resp, struct slice *ret_term)
{
	struct slice term = {"", 0};
	int r;

	r = req_query(req, "term", &term);
	if (r < 0 && r != ERR_NOT_FOUND)
		return r;
	term = text_trim(term);
	if (term.len == 0)
		resp_invalid(resp, "search_term_blank");
	if (text_length(term) > LIMIT_SEARCH_TERM)
		resp_invalid(resp, "search_term_exceed_max_chars");
	*ret_term = term;
	return resp_check(resp);
}

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller caller;
	struct page page;
	struct slice term;
	int r;

	r = user_optional(ctx, req, &caller);
	if (r < 0)
		return r;

	r = page_from_query(req, ACTIVITY_SEARCH_CURSOR, ACTIVITY_SEARCH_FIELDS, &page);
	if (r < 0)
		return r;

	r = read_term(req, resp, &term);
	if (r < 0)
		return r;

	resp->feed = true;
	return activity_search(ctx->db, caller.uuid, term, &page, req, resp);
}

int main(void)
{
	static const struct route routes[] = {{"GET", "/api/activities/search", handle}, {0}};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
