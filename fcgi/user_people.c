/*
 * user_people.c - GET /api/users/@{handle}/followers, GET /api/users/@{handle}/following: the
 * people who follow a person, and those whom the person follows.
 */
#include "domain/relation.h"
#include "web/route.h"

static int list_followers(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &relation_followers_page, &page);
	if (r < 0)
		return r;

	return relation_followers(ctx->db, req->caller.uuid, req_param(req, "handle"), &page, resp);
}

static int list_following(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct page page;
	int r;

	r = page_from_query(req, &relation_following_page, &page);
	if (r < 0)
		return r;

	return relation_following(ctx->db, req->caller.uuid, req_param(req, "handle"), &page, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users/@{handle}/followers", AUTH_OPTIONAL, CACHE_NONE,
		 list_followers},
		{"GET", "/api/users/@{handle}/following", AUTH_OPTIONAL, CACHE_NONE,
		 list_following},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
