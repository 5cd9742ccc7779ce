/* health_check.c - GET /api/health-check: this process runs; it calls no dependency. */
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct jsonout *out = resp_json(resp);

	(void)ctx;
	(void)req;
	jsonout_object(out);
	jsonout_member_bool(out, "success", true);
	jsonout_member_text(out, "version", route_version());
	jsonout_object_end(out);
	return resp_json_end(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/health-check", AUTH_NONE, CACHE_NONE, show},
		{0},
	};

	return route_main(routes, 0);
}
