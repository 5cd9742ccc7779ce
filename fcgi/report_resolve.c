/* report_resolve.c - POST /api/reports/{uuid}: a moderator resolves a report. */
#include "domain/moderation.h"
#include "json/jsonin.h"
#include "web/route.h"

static int resolve(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct moderation_decision decision;
	char report[UUID_SIZE];
	json_auto *body = NULL;
	int r;

	r = caller_check_moderator(req);
	if (r < 0)
		return r;

	r = req_param_uuid(req, "uuid", report);
	if (r < 0)
		return r;

	r = req_json(req, &body);
	if (r < 0)
		return r;

	r = moderation_read(body, resp, &decision);
	if (r < 0)
		return r;

	return moderation_resolve(ctx, req->caller.uuid, report, &decision, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"POST", "/api/reports/{uuid}", AUTH_REQUIRED, CACHE_NONE, resolve},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
