/* trends.c - GET /api/trends: the tags that most people use now. */
#include "domain/trend.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return trend_list(ctx->db, req->caller.uuid, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/trends", AUTH_OPTIONAL, CACHE_NONE, list},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
