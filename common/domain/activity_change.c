/* activity_change.c - making, deleting and liking cruds; see activity.h. */
#include "base/err.h"
#include "domain/activity.h"
#include "domain/quota.h"
#include "limit.h"
#include "queries.h"
#include "web/keyset.h"
#include "web/problem.h"

enum { NO_MARK = -1, LIKED = ACTIVITY_COLUMNS - 2, REPOSTED }; /* columns of a crud */

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
	activity_write(resp_json(resp), earlier ? earlier : created, 0, true);
	return resp_json_end(resp);
}

/* Read crud `uuid` as `me` sees it now. Returns 0; ERR_NOT_FOUND. */
static int find(struct db *db, const char *me, const char *uuid, PGresult **ret_result)
{
	const char *values[] = {me, uuid, NULL, keyset_top.created_at, keyset_top.uuid, "0"};
	PGresult *result = NULL;
	int r;

	r = db_query(db, &query_activities_show, 6, values, &result);
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

/*
 * Run `query` for `me` and crud `uuid`, and write the crud as it is afterwards.
 *
 * mark: the column that is true afterwards, because `query` adds a mark; NO_MARK when it removes
 * one. A mark that is missing was not added, because the caller is gone: ERR_REFERENCE.
 */
static int change(struct db *db, const struct query *query, int mark, const char *me,
		  const char *uuid, struct resp *resp)
{
	const char *values[] = {me, uuid};
	pg_result_auto *changed = NULL;
	pg_result_auto *crud = NULL;
	int r;

	r = db_query(db, query, 2, values, &changed);
	if (r < 0)
		return r;
	r = find(db, me, uuid, &crud);
	if (r < 0)
		return r;
	if (mark != NO_MARK && !slice_is(db_value(crud, 0, mark), "t"))
		return ERR_REFERENCE;
	activity_write(resp_json(resp), crud, 0, true);
	return resp_json_end(resp);
}

int activity_like(struct db *db, const char *me, const char *uuid, struct resp *resp)
{
	return change(db, &query_likes_add, LIKED, me, uuid, resp);
}

int activity_unlike(struct db *db, const char *me, const char *uuid, struct resp *resp)
{
	return change(db, &query_likes_remove, NO_MARK, me, uuid, resp);
}

int activity_repost(struct db *db, const char *me, const char *uuid, struct resp *resp)
{
	return change(db, &query_reposts_add, REPOSTED, me, uuid, resp);
}

int activity_unrepost(struct db *db, const char *me, const char *uuid, struct resp *resp)
{
	return change(db, &query_reposts_remove, NO_MARK, me, uuid, resp);
}
