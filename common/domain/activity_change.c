/* activity_change.c - making, deleting and marking cruds; see activity.h. */
#include <string.h>

#include "base/err.h"
#include "domain/activity.h"
#include "domain/notification.h"
#include "domain/publish.h"
#include "domain/quota.h"
#include "limit.h"
#include "queries.h"
#include "web/keyset.h"
#include "web/problem.h"

enum { LIKED = ACTIVITY_COLUMNS - 3, REPOSTED, BOOKMARKED }; /* columns of a crud */

const struct field activity_message_field = {
	.key = "message",
	.blank = "message_blank",
	.invalid = "message_invalid",
	.too_long = "message_exceed_max_chars",
	.max = LIMIT_CRUD,
	.lines = true,
};

const char *activity_interval(struct slice ttl)
{
	static const struct {
		const char *ttl;
		const char *interval;
	} all[] = {
		{"30-days", "30 days"}, {"7-days", "7 days"},	  {"3-days", "3 days"},
		{"1-day", "1 day"},	{"12-hours", "12 hours"}, {"3-hours", "3 hours"},
		{"1-hour", "1 hour"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (slice_is(ttl, all[i].ttl))
			return all[i].interval;
	return NULL;
}

/*
 * The crud that the key created earlier. `message` and `reply_to` are those of this request: it is
 * the same request, or the key was reused.
 * Returns 0; ERR_NOT_FOUND when it created nothing; PROBLEM_IDEMPOTENCY_KEY_REUSED.
 */
static int find_created(struct db *db, const char *me, const char *message, const char *reply_to,
			const struct idempotency *key, PGresult **ret_result)
{
	const char *values[] = {me, key->key, message, reply_to};
	pg_result_auto *result = NULL;
	int r;

	r = db_query(db, &query_idempotency_made, 4, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;
	if (!slice_is(db_value(result, 0, ACTIVITY_COLUMNS), key->request))
		return PROBLEM_IDEMPOTENCY_KEY_REUSED;
	*ret_result = result;
	result = NULL;
	return 0;
}

/*
 * Tell of a crud that was written, now or earlier: all streams of what the home feed shows, and the
 * people whom it has notified.
 */
static void publish_written(struct ctx *ctx, const char *me, const struct activity_draft *draft,
			    const char *message, const PGresult *crud)
{
	const char *uuid = PQgetvalue(crud, 0, 0);

	if (!draft->reply_to)
		publish_newer(ctx, PUBLISH_HOME, uuid);
	/* A mention begins with one of two signs (sql/migrations, activity_marks). */
	if (draft->reply_to || strchr(message, '@') || strstr(message, "＠"))
		notification_publish(ctx, me, uuid, NOTIFICATION_WRITTEN);
}

int activity_create(struct ctx *ctx, const char *me, const struct activity_draft *draft,
		    const struct idempotency *key, struct resp *resp)
{
	char message[LIMIT_CRUD * 4 + 1], cruds[QUOTA_TEXT_SIZE], mentions[QUOTA_TEXT_SIZE];
	const char *values[] = {me,
				message,
				draft->interval,
				draft->reply_to,
				key->given ? key->key : NULL,
				key->given ? key->request : NULL,
				quota_text(ctx, QUOTA_CRUDS, cruds),
				quota_text(ctx, QUOTA_MENTIONS, mentions)};
	pg_result_auto *created = NULL;
	pg_result_auto *earlier = NULL;
	int r;

	if (!slice_copy(draft->message, message, sizeof(message)))
		return ERR_INTERNAL;
	r = db_query(ctx->db, &query_activities_create, 8, values, &created);
	if (r < 0)
		return quota_problem(ctx, r, resp);
	if (PQntuples(created) > 0) {
		quota_tell(ctx, QUOTA_CRUDS, db_value(created, 0, ACTIVITY_COLUMNS), resp);
	} else {
		/* The key has created something, or the caller or the answered crud is gone. */
		if (!key->given)
			return ERR_REFERENCE;
		r = find_created(ctx->db, me, message, draft->reply_to, key, &earlier);
		if (r < 0)
			return r == ERR_NOT_FOUND ? ERR_REFERENCE : r;
	}
	publish_written(ctx, me, draft, message, earlier ? earlier : created);
	activity_write(resp_json(resp), earlier ? earlier : created, 0, true);
	return resp_json_end(resp);
}

/* Read crud `uuid` as `me` sees it now. Returns 0; ERR_NOT_FOUND. */
static int find(struct db *db, const char *me, const char *uuid, PGresult **ret_result)
{
	const char *values[] = {me, uuid, NULL, keyset_top.created_at, keyset_top.uuid, "0", "0"};
	PGresult *result = NULL;
	int r;

	r = db_query(db, &query_activities_show, 7, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0) {
		PQclear(result);
		return ERR_NOT_FOUND;
	}
	*ret_result = result;
	return 0;
}

int activity_delete(struct db *db, const char *me, const char *uuid)
{
	const char *values[] = {me, uuid};
	pg_result_auto *deleted = NULL;
	pg_result_auto *left = NULL;
	int r;

	r = db_query(db, &query_activities_delete, 2, values, &deleted);
	if (r < 0)
		return r;
	if (PQntuples(deleted) > 0)
		return 0;
	r = find(db, me, uuid, &left);
	return r < 0 ? r : PROBLEM_FORBIDDEN;
}

/* A mark on a crud: its statement, and what is told about it. */
struct mark {
	const struct query *query;
	int column;	   /* of a crud; true when it has the mark */
	const char *kinds; /* of its notifications; NULL: it has none */
};

static const struct mark like = {&query_likes_add, LIKED, NOTIFICATION_LIKED};
static const struct mark repost = {&query_reposts_add, REPOSTED, NOTIFICATION_REPOSTED};
static const struct mark bookmark = {&query_bookmarks_add, BOOKMARKED, NULL};

/* Run `query` for `me` and crud `uuid`. ret_crud: the crud as it is afterwards. */
static int change(struct db *db, const struct query *query, const char *me, const char *uuid,
		  PGresult **ret_crud)
{
	const char *values[] = {me, uuid};
	pg_result_auto *changed = NULL;
	int r;

	r = db_query(db, query, 2, values, &changed);
	return r < 0 ? r : find(db, me, uuid, ret_crud);
}

/* A mark that is missing afterwards was not added, because the caller is gone: ERR_REFERENCE. */
static int add(struct ctx *ctx, const struct mark *mark, const char *me, const char *uuid,
	       struct resp *resp)
{
	pg_result_auto *crud = NULL;
	int r;

	r = change(ctx->db, mark->query, me, uuid, &crud);
	if (r < 0)
		return r;
	if (!slice_is(db_value(crud, 0, mark->column), "t"))
		return ERR_REFERENCE;
	if (mark->kinds)
		notification_publish(ctx, me, uuid, mark->kinds);
	activity_write(resp_json(resp), crud, 0, true);
	return resp_json_end(resp);
}

static int take_back(struct db *db, const struct query *query, const char *me, const char *uuid,
		     struct resp *resp)
{
	pg_result_auto *crud = NULL;
	int r;

	r = change(db, query, me, uuid, &crud);
	if (r < 0)
		return r;
	activity_write(resp_json(resp), crud, 0, true);
	return resp_json_end(resp);
}

int activity_like(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
{
	return add(ctx, &like, me, uuid, resp);
}

int activity_unlike(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
{
	return take_back(ctx->db, &query_likes_remove, me, uuid, resp);
}

int activity_repost(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
{
	return add(ctx, &repost, me, uuid, resp);
}

int activity_unrepost(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
{
	return take_back(ctx->db, &query_reposts_remove, me, uuid, resp);
}

int activity_bookmark(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
{
	return add(ctx, &bookmark, me, uuid, resp);
}

int activity_unbookmark(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
{
	return take_back(ctx->db, &query_bookmarks_remove, me, uuid, resp);
}
