/* users_me_export.c - GET /api/users/me/export: everything that is the caller's, as JSON Lines. */
#include "domain/export.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &export_page, &page);
	if (r < 0)
		return r;
	return export_show(ctx, req->caller.uuid, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users/me/export", AUTH_REQUIRED, CACHE_NONE, show},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
