/* profile_update.c - PUT or POST /api/profile/update: the caller's display name and bio. */
#include "domain/conversation.h"
#include "domain/user.h"
#include "json/jsonin.h"
#include "limit.h"
#include "web/field.h"
#include "web/route.h"

static const struct field name_field = {
	.key = "display_name",
	.blank = "display_name_blank",
	.invalid = "display_name_invalid",
	.too_long = "display_name_exceed_max_chars",
	.max = LIMIT_DISPLAY_NAME,
	.name = true,
};

static const struct field bio_field = {
	.key = "bio",
	.invalid = "bio_invalid",
	.too_long = "bio_exceed_max_chars",
	.max = LIMIT_BIO,
};

static int update(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct user_changes changes;
	json_auto *body = NULL;
	int64_t unread;
	int r;

	r = req_json(req, &body);
	if (r < 0)
		return r;

	field_read(body, &name_field, resp, &changes.display_name);
	field_read(body, &bio_field, resp, &changes.bio);
	r = resp_check(resp);
	if (r < 0)
		return r;

	/* Read before anything is written, so that a failure changes nothing. */
	r = conversation_unread(ctx, req->caller.uuid, &unread);
	if (r < 0)
		return r;

	return user_update_account(ctx, req->caller.uuid, &changes, unread, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/profile/update", AUTH_REQUIRED, CACHE_NONE, update},
		{"POST", "/api/profile/update", AUTH_REQUIRED, CACHE_NONE, update},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
