/* user.c - see user.h. */
#include "domain/user.h"

#include "base/err.h"
#include "base/handle.h"
#include "base/name.h"
#include "db/row.h"
#include "domain/publish.h"
#include "domain/quota.h"
#include "limit.h"
#include "queries.h"

#define EVENT_MAX 2048 /* bytes of a person */

/* Columns of users/by_handle.sql, which the other statements begin with. */
static const struct column short_columns[] = {
	{"uuid", COLUMN_TEXT},
	{"handle", COLUMN_TEXT},
	{"display_name", COLUMN_TEXT},
};

/* Columns of users/profile.sql and users/update.sql. */
static const struct column account_columns[] = {
	{"uuid", COLUMN_TEXT},
	{"handle", COLUMN_TEXT},
	{"display_name", COLUMN_TEXT},
	{"email", COLUMN_NULLABLE},
	{"bio", COLUMN_NULLABLE},
	{"created_at", COLUMN_TIME},
	{"unread_notifications", COLUMN_INTEGER},
};

#define COLUMNS(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* The row of the person with `handle`. Returns 0; ERR_NOT_FOUND; as db_query. */
static int find_by_handle(struct db *db, struct slice handle, PGresult **ret_result)
{
	char text[LIMIT_HANDLE_MAX + 1];
	const char *values[] = {text};
	pg_result_auto *result = NULL;
	int r;

	if (!handle_copy(handle, text))
		return ERR_NOT_FOUND;
	r = db_query(db, &query_users_by_handle, 1, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;
	*ret_result = result;
	result = NULL;
	return 0;
}

int user_uuid_by_handle(struct db *db, struct slice handle, char ret_uuid[UUID_SIZE])
{
	pg_result_auto *result = NULL;
	int r;

	r = find_by_handle(db, handle, &result);
	if (r < 0)
		return r;
	return uuid_parse(db_value(result, 0, 0), ret_uuid) < 0 ? ERR_INTERNAL : 0;
}

int user_write_short(struct db *db, struct slice handle, struct resp *resp)
{
	pg_result_auto *result = NULL;
	struct jsonout *out;
	int r;

	r = find_by_handle(db, handle, &result);
	if (r < 0)
		return r;
	out = resp_json(resp);
	jsonout_object(out);
	row_write(out, result, 0, 0, short_columns, COLUMNS(short_columns));
	jsonout_object_end(out);
	return resp_json_end(resp);
}

int user_load_account(struct db *db, const char *uuid, PGresult **ret_account)
{
	const char *values[] = {uuid};
	pg_result_auto *result = NULL;
	int r;

	r = db_query(db, &query_users_profile, 1, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_REFERENCE;
	*ret_account = result;
	result = NULL;
	return 0;
}

int user_write_account(const PGresult *account, int64_t unread_messages, struct resp *resp)
{
	struct jsonout *out = resp_json(resp);

	jsonout_object(out);
	row_write(out, account, 0, 0, account_columns, COLUMNS(account_columns));
	if (unread_messages == USER_UNREAD_UNKNOWN)
		jsonout_member_text(out, "unread_messages", NULL);
	else
		jsonout_member_integer(out, "unread_messages", unread_messages);
	jsonout_object_end(out);
	return resp_json_end(resp);
}

/* Tell all streams the name of a person whose account has changed. Pictures do not exist yet. */
static void publish_person(struct ctx *ctx, const PGresult *account)
{
	buf_auto data = BUF_INIT(EVENT_MAX);
	struct jsonout out;

	jsonout_begin(&out, &data);
	jsonout_object(&out);
	row_write(&out, account, 0, 0, short_columns, COLUMNS(short_columns));
	jsonout_member_text(&out, "avatar_url", NULL);
	jsonout_object_end(&out);
	if (jsonout_end(&out) == 0)
		publish_to_all(ctx, PUBLISH_PERSON, buf_slice(&data));
	else
		publish_lost(ctx);
}

int user_update_account(struct ctx *ctx, const char *uuid, const struct user_changes *changes,
			int64_t unread_messages, struct resp *resp)
{
	char name[NAME_SIZE];
	char bio[LIMIT_BIO * 4 + 1]; /* UTF-8: at most 4 bytes per code point */
	char most[QUOTA_TEXT_SIZE];
	const char *values[] = {uuid, name, changes->bio.len ? bio : NULL,
				quota_text(ctx, QUOTA_PROFILE, most)};
	pg_result_auto *result = NULL;
	int r;

	r = text_nfc(changes->display_name, name, sizeof(name));
	if (r < 0)
		return r;
	if (!slice_copy(changes->bio, bio, sizeof(bio)))
		return ERR_INTERNAL;
	r = db_query(ctx->db, &query_users_update, 4, values, &result);
	if (r < 0)
		return quota_problem(ctx, r, resp);
	if (PQntuples(result) == 0)
		return ERR_REFERENCE;
	publish_person(ctx, result);
	r = user_write_account(result, unread_messages, resp);
	if (r == 0)
		quota_tell(ctx, QUOTA_PROFILE, db_value(result, 0, COLUMNS(account_columns)), resp);
	return r;
}
