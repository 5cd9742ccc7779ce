/* users_short.c - GET /api/users/@{handle}/short: who is behind a handle. */
#include "domain/user.h"
#include "web/route.h"

static int handle(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct user user;
	struct jsonout *out;
	int r;

	r = user_by_handle(ctx->db, req_param(req, "handle"), &user);
	if (r < 0)
		return r;

	out = resp_json(resp);
	resp->shared = true;
	jsonout_object(out);
	jsonout_member_text(out, "uuid", user.uuid);
	jsonout_member_text(out, "handle", user.handle);
	jsonout_member_text(out, "display_name", user.display_name);
	jsonout_object_end(out);
	return resp_json_end(resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"GET", "/api/users/@{handle}/short", handle},
		{0},
	};

	return route_main(routes, NEEDS_DB);
}
