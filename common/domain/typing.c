/* typing.c - see typing.h. */
#include "domain/typing.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "db/db.h"
#include "domain/conversation_members.h"
#include "domain/publish.h"
#include "queries.h"
#include "run/recent.h"

#define EVENT_MAX 1024

/* Without a folder for the times of all workers, or without room in it, every event passes. */
static bool is_due(struct ctx *ctx, const char *me, const char *group)
{
	char key[2 * UUID_SIZE + 1];
	int n = snprintf(key, sizeof(key), "%s %s", me, group);

	if (!ctx->recent && ctx->config.metrics_dir &&
	    recent_open(ctx->config.metrics_dir, &ctx->recent) < 0)
		ctx->recent = NULL;
	return !ctx->recent || recent_take(ctx->recent, (struct slice){key, (size_t)n},
					   TYPING_AGAIN_MS, clock_monotonic_ms());
}

/*
 * An event that is lost is worth no resync: the next one comes while they write. Nobody is told of
 * a person whom they block, or who blocks them.
 */
static void publish_typing(struct ctx *ctx, const char *me, const char *other, const char *group)
{
	const char *receivers[] = {other};
	buf_auto data = BUF_INIT(EVENT_MAX);
	pg_result_auto *typist = NULL;
	struct jsonout out;

	if (db_query(ctx->db, &query_barriers_typist, 2, (const char *const[]){me, other},
		     &typist) < 0 ||
	    PQntuples(typist) == 0)
		return;
	jsonout_begin(&out, &data);
	jsonout_object(&out);
	jsonout_member_text(&out, "message_group_uuid", group);
	jsonout_member_string(&out, "handle", db_value(typist, 0, 0));
	jsonout_object_end(&out);
	if (jsonout_end(&out) == 0)
		publish(ctx, PUBLISH_TYPING, receivers, 1, buf_slice(&data));
}

int typing_tell(struct ctx *ctx, const char *me, const char *group)
{
	enum waiting waiting;
	char other[UUID_SIZE];
	int r;

	r = conversation_other_member(ctx, me, group, other, &waiting);
	if (r == 0 && waiting == WAITING_FOR_NOBODY && publish_possible(ctx) &&
	    is_due(ctx, me, group))
		publish_typing(ctx, me, other, group);
	return r;
}
