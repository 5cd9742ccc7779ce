/* erasure.c - see erasure.h. */
#include "domain/erasure.h"

#include "base/err.h"
#include "base/handle.h"
#include "db/db.h"
#include "domain/publish.h"
#include "json/jsonout.h"
#include "queries.h"

#define EVENT_MAX 512 /* bytes of a deleted person */

bool erasure_allowed(int64_t signed_in_s, int64_t now_s)
{
	return signed_in_s >= now_s - ERASURE_SIGNED_IN_S;
}

/* Tell all streams how the person is shown from now on. */
static void publish_deleted(struct ctx *ctx, const char *uuid)
{
	buf_auto data = BUF_INIT(EVENT_MAX);
	struct jsonout out;

	jsonout_begin(&out, &data);
	jsonout_object(&out);
	jsonout_member_text(&out, "uuid", uuid);
	jsonout_member_text(&out, "handle", HANDLE_DELETED);
	jsonout_member_text(&out, "display_name", NAME_DELETED);
	jsonout_member_text(&out, "avatar_url", NULL);
	jsonout_member_bool(&out, "deleted", true);
	jsonout_object_end(&out);
	if (jsonout_end(&out) == 0)
		publish_to_all(ctx, PUBLISH_PERSON, buf_slice(&data));
	else
		publish_lost(ctx);
}

int erasure_begin(struct ctx *ctx, const char *uuid)
{
	pg_result_auto *result = NULL;
	int r;

	r = db_query(ctx->db, &query_erasures_begin, 1, (const char *const[]){uuid}, &result);
	if (r < 0)
		return r;
	if (db_null(result, 0, 0))
		return ERR_REFERENCE;
	r = publish_revoked(ctx, uuid);
	publish_deleted(ctx, uuid);
	return r;
}
