/* profile_update.c - PUT or POST /api/profile/update: the caller's display name and bio. */
#include "domain/conversation.h"
#include "domain/user.h"
#include "limit.h"
#include "web/field.h"
#include "web/route.h"
#include "json/jsonin.h"

static const struct field name_field = {
	.key = "display_name",
	.blank = "display_name_blank",
	.invalid = "display_name_invalid",
	.too_long = "display_name_exceed_max_chars",
	.max = LIMIT_DISPLAY_NAME,
};

static const struct field bio_field = {
	.key = "bio",
	.invalid = "bio_invalid",
	.too_long = "bio_exceed_max_chars",
	.max = LIMIT_BIO,
};

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	struct slice display_name;
	struct slice bio;
	json_auto *body = NULL;
	profile_auto profile = {0};
	int64_t unread;
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = req_json(req, &body);
	if (r < 0)
		return r;

	field_read(body, &name_field, resp, &display_name);
	field_read(body, &bio_field, resp, &bio);
	r = resp_check(resp);
	if (r < 0)
		return r;

	/* Asked for before anything changes, so that a failure leaves all as it was. */
	r = conversation_unread(ctx, me.uuid, &unread);
	if (r < 0)
		return r;

	r = profile_update(ctx->db, me.uuid, display_name, bio, &profile);
	if (r < 0)
		return r;

	return profile_write(&profile, unread, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/profile/update", handle},
		{"POST", "/api/profile/update", handle},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
