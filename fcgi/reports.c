/*
 * reports.c - POST /api/reports: report something to the moderators; GET /api/reports: what was
 * reported, for moderators.
 */
#include "domain/moderation.h"
#include "domain/report.h"
#include "json/jsonin.h"
#include "web/route.h"

static int list(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	enum moderation_state state;
	struct page page;
	int r;

	r = caller_check_moderator(req);
	if (r < 0)
		return r;

	r = moderation_state_from_query(req, resp, &state);
	if (r < 0)
		return r;

	r = page_from_query(req, &moderation_pages[state], &page);
	if (r < 0)
		return r;

	return moderation_list(ctx, req->caller.uuid, state, &page, resp);
}

static int create(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct idempotency key;
	struct report_draft draft;
	json_auto *body = NULL;
	int r;

	r = idempotency_read(req, &key);
	if (r < 0)
		return r;

	r = req_json(req, &body);
	if (r < 0)
		return r;

	r = report_read(body, resp, &draft);
	if (r < 0)
		return r;

	r = report_create(ctx, req->caller.uuid, &draft, &key, resp);
	if (r < 0)
		return r;

	return resp_empty(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/reports", AUTH_REQUIRED, CACHE_NONE, list},
		{"POST", "/api/reports", AUTH_REQUIRED, CACHE_NONE, create},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
