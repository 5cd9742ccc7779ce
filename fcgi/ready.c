/* ready.c - GET /api/ready: the state of each dependency; 503 when this replica cannot serve. */
#include "domain/readiness.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	(void)req;
	return readiness_write(ctx, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/ready", AUTH_NONE, CACHE_NONE, show},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
