/* relation.c - see relation.h. */
#include "domain/relation.h"

#include "base/err.h"
#include "base/handle.h"
#include "db/db.h"
#include "db/row.h"
#include "domain/person.h"
#include "domain/quota.h"
#include "limit.h"
#include "queries.h"
#include "web/keyset.h"
#include "web/problem.h"

const struct page_kind relation_followers_page = {"followers", KEYSET_FIELDS};
const struct page_kind relation_following_page = {"following", KEYSET_FIELDS};

/* Places in the columns of users/relation.sql; those from HANDLE on are shown. */
enum { UUID, HANDLE, FOLLOWING };

static const struct column columns[] = {
	{"handle", COLUMN_TEXT},   {"following", COLUMN_BOOL}, {"followed_by", COLUMN_BOOL},
	{"blocking", COLUMN_BOOL}, {"muting", COLUMN_BOOL},
};

/*
 * Read the relation of `me` to the person with `handle`. Returns 0; ERR_NOT_FOUND; PROBLEM_INVALID
 * when that is `me`; as db_query.
 */
static int find(struct db *db, const char *me, const char *handle, struct resp *resp,
		PGresult **ret_relation)
{
	const char *values[] = {me, handle};
	pg_result_auto *result = NULL;
	int r;

	r = db_query(db, &query_users_relation, 2, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;
	if (slice_is(db_value(result, 0, UUID), me)) {
		resp_add_code(resp, "user_is_self");
		return PROBLEM_INVALID;
	}
	*ret_relation = result;
	result = NULL;
	return 0;
}

static int write_relation(const PGresult *relation, struct resp *resp)
{
	struct jsonout *out = resp_json(resp);

	jsonout_object(out);
	row_write(out, relation, 0, HANDLE, columns, sizeof(columns) / sizeof(columns[0]));
	jsonout_object_end(out);
	return resp_json_end(resp);
}

int relation_follow(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
{
	char whom[LIMIT_HANDLE_MAX + 1];
	char most[QUOTA_TEXT_SIZE];
	const char *values[] = {me, whom, quota_text(ctx, QUOTA_FOLLOWS, most)};
	pg_result_auto *added = NULL;
	pg_result_auto *relation = NULL;
	int r;

	if (!handle_copy(handle, whom))
		return ERR_NOT_FOUND;
	r = db_query(ctx->db, &query_follows_add, 3, values, &added);
	if (r < 0)
		return quota_problem(ctx, r, resp);
	r = find(ctx->db, me, whom, resp, &relation);
	if (r < 0)
		return r;
	if (!slice_is(db_value(relation, 0, FOLLOWING), "t"))
		return ERR_REFERENCE;
	quota_tell(ctx, QUOTA_FOLLOWS, db_value(added, 0, 0), resp);
	return write_relation(relation, resp);
}

int relation_unfollow(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
{
	char whom[LIMIT_HANDLE_MAX + 1];
	const char *values[] = {me, whom};
	pg_result_auto *removed = NULL;
	pg_result_auto *relation = NULL;
	int r;

	if (!handle_copy(handle, whom))
		return ERR_NOT_FOUND;
	r = db_query(ctx->db, &query_follows_remove, 2, values, &removed);
	if (r == 0)
		r = find(ctx->db, me, whom, resp, &relation);
	return r < 0 ? r : write_relation(relation, resp);
}

/* --- lists ----------------------------------------------------------------------------------- */

/* Places in the columns of follows/followers.sql and follows/following.sql. */
enum { PERSON_UUID = 0, FOLLOWED_AT = PERSON_COLUMNS };

static void write_person(struct jsonout *out, const PGresult *result, int row, bool signed_in)
{
	person_write(out, result, row, 0, signed_in);
}

static const struct keyset_rows latest_first = {write_person, FOLLOWED_AT, PERSON_UUID};

static int list(struct db *db, const struct query *query, const char *caller, struct slice handle,
		const struct page *page, struct resp *resp)
{
	char whose[LIMIT_HANDLE_MAX + 1];
	char rows[PAGE_ROWS_SIZE];
	struct keyset from;
	const char *values[] = {*caller ? caller : NULL, whose, from.created_at, from.uuid, rows};
	pg_result_auto *result = NULL;
	bool none;
	int r;

	if (!handle_copy(handle, whose))
		return ERR_NOT_FOUND;
	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(db, query, 5, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;
	none = db_null(result, 0, PERSON_UUID);
	r = keyset_write(resp_json(resp), result, none ? 1 : 0, &latest_first, *caller, page, resp);
	return r < 0 ? r : resp_json_end(resp);
}

int relation_followers(struct db *db, const char *caller, struct slice handle,
		       const struct page *page, struct resp *resp)
{
	return list(db, &query_follows_followers, caller, handle, page, resp);
}

int relation_following(struct db *db, const char *caller, struct slice handle,
		       const struct page *page, struct resp *resp)
{
	return list(db, &query_follows_following, caller, handle, page, resp);
}
