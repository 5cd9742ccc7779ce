/* relation.c - see relation.h. */
#include "domain/relation.h"

#include "base/err.h"
#include "base/handle.h"
#include "base/uuid.h"
#include "db/db.h"
#include "db/row.h"
#include "domain/conversation_members.h"
#include "domain/notification.h"
#include "domain/person.h"
#include "domain/quota.h"
#include "limit.h"
#include "queries.h"
#include "web/keyset.h"
#include "web/problem.h"

#define SETTLE_MOST 5 /* how often a block is written to DynamoDB while others change it */

const struct page_kind relation_followers_page = {"followers", KEYSET_FIELDS};
const struct page_kind relation_following_page = {"following", KEYSET_FIELDS};
const struct page_kind relation_blocks_page = {"blocks", KEYSET_FIELDS};
const struct page_kind relation_mutes_page = {"mutes", KEYSET_FIELDS};

/* Places in the columns of users/relation.sql; those from HANDLE to MUTING are shown. */
enum { UUID, HANDLE, FOLLOWING, FOLLOWED_BY, BLOCKING, MUTING, CLOSED };

static const struct column columns[] = {
	{"handle", COLUMN_TEXT},   {"following", COLUMN_BOOL}, {"followed_by", COLUMN_BOOL},
	{"blocking", COLUMN_BOOL}, {"muting", COLUMN_BOOL},
};

static bool holds(const PGresult *relation, int column)
{
	return slice_is(db_value(relation, 0, column), "t");
}

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

/*
 * Run `query` for `me` and the person with `handle`. ret_whom: the handle, with a NUL.
 * ret_relation: as it is afterwards. Returns as find; ERR_NOT_FOUND when `handle` cannot be one.
 */
static int change(struct db *db, const struct query *query, const char *me, struct slice handle,
		  struct resp *resp, char ret_whom[LIMIT_HANDLE_MAX + 1], PGresult **ret_relation)
{
	const char *values[] = {me, ret_whom};
	pg_result_auto *changed = NULL;
	int r;

	if (!handle_copy(handle, ret_whom))
		return ERR_NOT_FOUND;
	r = db_query(db, query, 2, values, &changed);
	return r < 0 ? r : find(db, me, ret_whom, resp, ret_relation);
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
	if (holds(relation, CLOSED))
		return ERR_NOT_FOUND;
	if (!holds(relation, FOLLOWING))
		return ERR_REFERENCE;
	quota_tell(ctx, QUOTA_FOLLOWS, db_value(added, 0, 0), resp);
	notification_publish_follow(ctx, me, PQgetvalue(relation, 0, UUID));
	return write_relation(relation, resp);
}

int relation_unfollow(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
{
	char whom[LIMIT_HANDLE_MAX + 1];
	pg_result_auto *relation = NULL;
	int r;

	r = change(ctx->db, &query_follows_remove, me, handle, resp, whom, &relation);
	if (r < 0)
		return r;
	return holds(relation, CLOSED) ? ERR_NOT_FOUND : write_relation(relation, resp);
}

int relation_mute(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
{
	char whom[LIMIT_HANDLE_MAX + 1];
	pg_result_auto *relation = NULL;
	int r;

	r = change(ctx->db, &query_barriers_mute, me, handle, resp, whom, &relation);
	if (r < 0)
		return r;
	return holds(relation, MUTING) ? write_relation(relation, resp) : ERR_REFERENCE;
}

int relation_unmute(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
{
	char whom[LIMIT_HANDLE_MAX + 1];
	pg_result_auto *relation = NULL;
	int r;

	r = change(ctx->db, &query_barriers_unmute, me, handle, resp, whom, &relation);
	return r < 0 ? r : write_relation(relation, resp);
}

/*
 * Bring DynamoDB up to date with the block that `*relation` tells of, then read that again: another
 * request may have changed it in between, and have written to DynamoDB before this one.
 */
static int settle_block(struct ctx *ctx, const char *me, const char *whom, struct resp *resp,
			PGresult **relation)
{
	bool settled = false;

	for (int i = 0; !settled && i < SETTLE_MOST; i++) {
		bool blocks = holds(*relation, BLOCKING);
		char uuid[UUID_SIZE];
		PGresult *now = NULL;
		int r;

		if (uuid_parse(db_value(*relation, 0, UUID), uuid) < 0)
			return ERR_INTERNAL;
		r = conversation_set_blocking(ctx, me, uuid, blocks);
		if (r == 0)
			r = find(ctx->db, me, whom, resp, &now);
		if (r < 0)
			return r;
		settled = holds(now, BLOCKING) == blocks;
		PQclear(*relation);
		*relation = now;
	}
	return settled ? 0 : ERR_OVERLOADED;
}

int relation_block(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
{
	char whom[LIMIT_HANDLE_MAX + 1];
	pg_result_auto *relation = NULL;
	int r;

	r = change(ctx->db, &query_barriers_block, me, handle, resp, whom, &relation);
	if (r == 0 && !holds(relation, BLOCKING))
		return ERR_REFERENCE;
	if (r == 0)
		r = settle_block(ctx, me, whom, resp, &relation);
	return r < 0 ? r : write_relation(relation, resp);
}

int relation_unblock(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
{
	char whom[LIMIT_HANDLE_MAX + 1];
	pg_result_auto *relation = NULL;
	int r;

	r = change(ctx->db, &query_barriers_unblock, me, handle, resp, whom, &relation);
	if (r == 0)
		r = settle_block(ctx, me, whom, resp, &relation);
	return r < 0 ? r : write_relation(relation, resp);
}

/* --- lists ----------------------------------------------------------------------------------- */

/* Places in the columns of the statements that list people. */
enum { PERSON_UUID = 0, SINCE = PERSON_COLUMNS };

static void write_person(struct jsonout *out, const PGresult *result, int row, bool signed_in)
{
	person_write(out, result, row, 0, signed_in);
}

static const struct keyset_rows latest_first = {write_person, SINCE, PERSON_UUID};

static int list_of(struct db *db, const struct query *query, const char *caller,
		   struct slice handle, const struct page *page, struct resp *resp)
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
	return list_of(db, &query_follows_followers, caller, handle, page, resp);
}

int relation_following(struct db *db, const char *caller, struct slice handle,
		       const struct page *page, struct resp *resp)
{
	return list_of(db, &query_follows_following, caller, handle, page, resp);
}

static int list_mine(struct db *db, const struct query *query, const char *me,
		     const struct page *page, struct resp *resp)
{
	char rows[PAGE_ROWS_SIZE];
	struct keyset from;
	const char *values[] = {me, from.created_at, from.uuid, rows};
	pg_result_auto *result = NULL;
	int r;

	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(db, query, 4, values, &result);
	if (r < 0)
		return r;
	r = keyset_write(resp_json(resp), result, 0, &latest_first, true, page, resp);
	return r < 0 ? r : resp_json_end(resp);
}

int relation_blocks(struct db *db, const char *me, const struct page *page, struct resp *resp)
{
	return list_mine(db, &query_barriers_blocks, me, page, resp);
}

int relation_mutes(struct db *db, const char *me, const struct page *page, struct resp *resp)
{
	return list_mine(db, &query_barriers_mutes, me, page, resp);
}
