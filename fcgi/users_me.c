/* users_me.c - GET /api/users/me: the caller's own account and what waits to be read. */
#include "clock.h"
#include "conversation.h"
#include "route.h"
#include "user.h"

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	profile_auto profile = {0};
	char created_at[CLOCK_TEXT_SIZE];
	struct jsonout *out;
	int64_t unread;
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = profile_load(ctx->db, me.uuid, &profile);
	if (r < 0)
		return r;

	r = conversation_unread(ctx, me.uuid, &unread);
	if (r < 0)
		return r;

	clock_format(profile.created_us, created_at);
	out = resp_json(resp);
	jsonout_object(out);
	jsonout_member_string(out, "uuid", profile.uuid);
	jsonout_member_string(out, "handle", profile.handle);
	jsonout_member_string(out, "display_name", profile.display_name);
	jsonout_member_optional(out, "email", profile.email);
	jsonout_member_optional(out, "bio", profile.bio);
	jsonout_member_text(out, "created_at", created_at);
	jsonout_member_integer(out, "unread_messages", unread);
	jsonout_member_integer(out, "unread_notifications", 0);
	jsonout_object_end(out);
	return resp_json_end(resp);
}

int main(void)
{
	static const struct route routes[] = {{"GET", "/api/users/me", handle}, {0}};

	return route_main(routes, NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO);
}
