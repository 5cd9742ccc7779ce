/* users_me_settings.c - GET, PUT /api/users/me/settings: who may write to me, read
 * receipts, notifications. */
#include "domain/settings.h"
#include "json/jsonin.h"
#include "web/route.h"

static int show(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	return settings_show(ctx->db, req->caller.uuid, resp);
}

static int change(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct settings changes;
	json_auto *body = NULL;
	int r;

	r = req_json(req, &body);
	if (r < 0)
		return r;

	settings_read(body, resp, &changes);
	r = resp_check(resp);
	if (r < 0)
		return r;

	return settings_change(ctx->db, req->caller.uuid, &changes, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users/me/settings", AUTH_REQUIRED, CACHE_NONE, show},
		{"PUT", "/api/users/me/settings", AUTH_REQUIRED, CACHE_NONE, change},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
