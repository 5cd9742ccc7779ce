/* handle_check.c - GET /api/handles/{handle}: whether a new account may have a handle. */
#include "domain/handle_check.h"
#include "web/route.h"

static int check(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return handle_check_write(ctx->db, req_param(req, "handle"), resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/handles/{handle}", AUTH_NONE, CACHE_NONE, check},
		{0},
	};

	return route_main(routes, NEEDS_DB);
}
