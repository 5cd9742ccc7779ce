/*
 * users_me_lists.c - GET /api/users/me/blocks, GET /api/users/me/mutes: the people whom the caller
 * blocks or mutes.
 */
#include "domain/relation.h"
#include "web/route.h"

static int list_blocks(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &relation_blocks_page, &page);
	if (r < 0)
		return r;

	return relation_blocks(ctx->db, req->caller.uuid, &page, resp);
}

static int list_mutes(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &relation_mutes_page, &page);
	if (r < 0)
		return r;

	return relation_mutes(ctx->db, req->caller.uuid, &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users/me/blocks", AUTH_REQUIRED, CACHE_NONE, list_blocks},
		{"GET", "/api/users/me/mutes", AUTH_REQUIRED, CACHE_NONE, list_mutes},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
