/* activity_like.c - PUT, DELETE /api/activities/{uuid}/like: like a crud, or take it back. */
#include "activity.h"
#include "route.h"
#include "user.h"

static int like(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	char uuid[UUID_SIZE];
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	return activity_like(ctx->db, me.uuid, uuid, resp);
}

static int unlike(struct ctx *ctx, const struct req *req, struct resp *resp)
{
	struct caller me;
	char uuid[UUID_SIZE];
	int r;

	r = user_require(ctx, req, &me);
	if (r < 0)
		return r;

	r = req_param_uuid(req, "uuid", uuid);
	if (r < 0)
		return r;

	return activity_unlike(ctx->db, me.uuid, uuid, resp);
}

int main(void)
{
	static const struct route routes[] = {
		{"PUT", "/api/activities/{uuid}/like", like},
		{"DELETE", "/api/activities/{uuid}/like", unlike},
		{0},
	};

	return route_main(routes, NEEDS_DB | NEEDS_COGNITO);
}
