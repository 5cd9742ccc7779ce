/* activity_change.c - making, deleting and liking cruds; see activity.h. */
#include "base/err.h"
#include "domain/activity.h"
#include "domain/user.h"
#include "limit.h"
#include "queries.h"
#include "web/route.h"

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
 * What the key has made earlier, with `message` and `reply_to` of the request, which is the same.
 * Returns 0; ERR_NOT_FOUND when it has made nothing; ERR_IDEMPOTENCY_KEY_REUSED.
 */
static int find_made(struct db *db, const char *me, const char *message, const char *reply_to,
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
		return ERR_IDEMPOTENCY_KEY_REUSED;
	*ret_result = result;
	result = NULL;
	return 0;
}

int activity_create(struct db *db, const char *me, const struct draft *draft,
		    const struct idempotency *key, struct resp *resp)
{
	char message[LIMIT_CRUD * 4 + 1];
	const char *values[] = {me,
				message,
				draft->interval,
				draft->reply_to,
				key->given ? key->key : NULL,
				key->given ? key->request : NULL};
	pg_result_auto *created = NULL;
	pg_result_auto *made = NULL;
	int r;

	if (!slice_copy(draft->message, message, sizeof(message)))
		return ERR_INTERNAL;
	r = db_query(db, &query_activities_create, 6, values, &created);
	if (r < 0)
		return r;
	if (PQntuples(created) == 0) {
		if (!key->given)
			return ERR_NOT_FOUND;
		r = find_made(db, me, message, draft->reply_to, key, &made);
		if (r < 0)
			return r;
	}
	activity_write(resp_json(resp), made ? made : created, 0, true);
	return resp_json_end(resp);
}

/* Crud `uuid` as `me` sees it now. Returns 0; ERR_NOT_FOUND. */
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
	return r < 0 ? r : ERR_FORBIDDEN;
}

/* Run `query` of `me` and the crud, and write the crud as it then is. */
static int run(struct db *db, const struct query *query, const char *me, const char *uuid,
	       struct resp *resp)
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
	activity_write(resp_json(resp), crud, 0, true);
	return resp_json_end(resp);
}

int activity_like(struct db *db, const char *me, const char *uuid, struct resp *resp)
{
	return run(db, &query_likes_add, me, uuid, resp);
}

int activity_unlike(struct db *db, const char *me, const char *uuid, struct resp *resp)
{
	return run(db, &query_likes_remove, me, uuid, resp);
}

int activity_repost(struct db *db, const char *me, const char *uuid, struct resp *resp)
{
	return run(db, &query_reposts_add, me, uuid, resp);
}

int activity_unrepost(struct db *db, const char *me, const char *uuid, struct resp *resp)
{
	return run(db, &query_reposts_remove, me, uuid, resp);
}

int activity_change(struct ctx *ctx, const struct req *req, struct resp *resp,
		    int (*change)(struct db *, const char *, const char *, struct resp *))
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

	return change(ctx->db, me.uuid, uuid, resp);
}
