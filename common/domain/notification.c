/* notification.c - see notification.h. */
#include "domain/notification.h"

#include "base/err.h"
#include "db/row.h"
#include "domain/activity.h"
#include "domain/publish.h"
#include "queries.h"
#include "web/keyset.h"

const struct page_kind notification_pages[] = {
	{"notifications", KEYSET_FIELDS},
	{"mentions", KEYSET_FIELDS},
};

/*
 * Places in the columns of notifications/list.sql, after those of the crud, and one more of
 * notifications/made.sql and followed.sql.
 */
enum { ACTIVITY, UUID = ACTIVITY_COLUMNS, CREATED_AT = UUID + 5, RECEIVER };

#define EVENT_MAX 8192 /* bytes of a notification: a crud and three names */

static const struct column columns[] = {
	{"uuid", COLUMN_TEXT},	 {"kind", COLUMN_TEXT}, {"display_name", COLUMN_TEXT},
	{"handle", COLUMN_TEXT}, {"read", COLUMN_BOOL}, {"created_at", COLUMN_TIME},
};

static void write_row(struct jsonout *out, const PGresult *result, int row, bool signed_in)
{
	jsonout_object(out);
	row_write(out, result, row, UUID, columns, sizeof(columns) / sizeof(columns[0]));
	if (db_null(result, row, ACTIVITY)) {
		jsonout_member_text(out, "activity", NULL);
	} else {
		jsonout_key(out, "activity");
		activity_write(out, result, row, signed_in);
	}
	jsonout_object_end(out);
}

static const struct keyset_rows newest_first = {write_row, CREATED_AT, UUID};

int notification_list(struct db *db, const char *me, const struct page *page, struct resp *resp)
{
	pg_result_auto *result = NULL;
	struct keyset from;
	char rows[PAGE_ROWS_SIZE];
	const char *values[] = {me, from.created_at, from.uuid, rows, page->kind->name};
	int r;

	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(db, &query_notifications_list, 5, values, &result);
	if (r < 0)
		return r;
	r = keyset_write(resp_json(resp), result, 0, &newest_first, true, page, resp);
	return r < 0 ? r : resp_json_end(resp);
}

int notification_read(struct db *db, const char *me, const char *newest)
{
	const char *values[] = {me, newest};
	pg_result_auto *result = NULL;
	int r;

	r = db_query(db, &query_notifications_read, 2, values, &result);
	if (r < 0)
		return r;
	return PQntuples(result) > 0 ? 0 : ERR_NOT_FOUND;
}

static void publish_row(struct ctx *ctx, const PGresult *result, int row)
{
	const char *receiver = PQgetvalue(result, row, RECEIVER);
	buf_auto data = BUF_INIT(EVENT_MAX);
	struct jsonout out;

	jsonout_begin(&out, &data);
	write_row(&out, result, row, true);
	if (jsonout_end(&out) == 0)
		publish(ctx, PUBLISH_NOTIFICATION, &receiver, 1, buf_slice(&data));
	else
		publish_lost(ctx);
}

/* Publish the rows of `query`, which has the columns of notifications/made.sql. */
static void publish_made(struct ctx *ctx, const struct query *query, int count,
			 const char *const *values)
{
	pg_result_auto *result = NULL;

	if (!publish_possible(ctx))
		return;
	if (db_query(ctx->db, query, count, values, &result) < 0) {
		publish_lost(ctx);
		return;
	}
	for (int row = 0; row < PQntuples(result); row++)
		publish_row(ctx, result, row);
}

void notification_publish(struct ctx *ctx, const char *actor, const char *activity,
			  const char *kinds)
{
	const char *values[] = {activity, actor, kinds};

	publish_made(ctx, &query_notifications_made, 3, values);
}

void notification_publish_follow(struct ctx *ctx, const char *actor, const char *followed)
{
	const char *values[] = {actor, followed};

	publish_made(ctx, &query_notifications_followed, 2, values);
}
