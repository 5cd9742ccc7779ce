/* ready.c - GET /api/ready: can this worker serve, and how are the services that it needs? */
#include "domain/readiness.h"
#include "web/route.h"

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return readiness_write(ctx, req, resp);
}

int main(void)
{
	static const struct route routes[] = {{"GET", "/api/ready", handle}, {0}};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
