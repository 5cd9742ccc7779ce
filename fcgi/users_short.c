/* users_short.c - GET /api/users/@{handle}/short: the person with a handle. */
#include "domain/user.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return user_write_short(ctx->db, req_param(req, "handle"), resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users/@{handle}/short", AUTH_NONE, CACHE_PUBLIC, show},
		{0},
	};

	return route_main(routes, NEEDS_DB);
}
