/* live.c - GET /api/live: the caller's events as they happen, from live_hub. */
#include "web/route.h"

/*
 * nginx hands the connection over to live_hub (X-Accel-Redirect), so that a stream never occupies a
 * worker. Clients cannot reach that location, so the hub trusts it.
 */
static int open_stream(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	(void)ctx;
	buf_printf(&resp->headers, "X-Accel-Redirect: /-/live/%s/%lld\r\n", req->caller.uuid,
		   (long long)req->caller.expires_s);
	return 0;
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/live", AUTH_REQUIRED, CACHE_NONE, open_stream},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
