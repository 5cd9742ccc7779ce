/* notification.c - what notification.h says. */
#include "domain/notification.h"

#include <stdio.h>

#include "base/err.h"
#include "domain/activity.h"
#include "queries.h"

/* The columns after those of the crud. */
enum { UUID = ACTIVITY_COLUMNS, KIND, DISPLAY_NAME, HANDLE, CREATED_US, READ };

static void write_row(struct jsonout *out, const PGresult *result, int row)
{
	jsonout_object(out);
	jsonout_member_string(out, "uuid", db_value(result, row, UUID));
	jsonout_member_string(out, "kind", db_value(result, row, KIND));
	jsonout_member_string(out, "display_name", db_value(result, row, DISPLAY_NAME));
	jsonout_member_string(out, "handle", db_value(result, row, HANDLE));
	jsonout_member_bool(out, "read", db_bool(result, row, READ));
	jsonout_member_time(out, "created_at", db_integer(result, row, CREATED_US));
	jsonout_key(out, "activity");
	activity_write(out, result, row, true);
	jsonout_object_end(out);
}

int notification_list(struct db *db, const char *me, const struct page *page, const struct req *req,
		      struct resp *resp)
{
	pg_result_auto *result = NULL;
	struct keyset from, last;
	char limit[16];
	const char *values[] = {me, from.created_at, from.uuid, limit};
	struct jsonout *out;
	int shown;
	int r;

	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	/* one more than is shown: whether there is a next page */
	snprintf(limit, sizeof(limit), "%d", page->limit + 1);
	r = db_query(db, &query_notifications_list, 4, values, &result);
	if (r < 0)
		return r;

	shown = PQntuples(result) > page->limit ? page->limit : PQntuples(result);
	out = resp_json(resp);
	jsonout_array(out);
	for (int row = 0; row < shown; row++)
		write_row(out, result, row);
	jsonout_array_end(out);
	if (PQntuples(result) > shown) {
		r = keyset_of_row(db_integer(result, shown - 1, CREATED_US),
				  db_value(result, shown - 1, UUID), &last);
		if (r == 0)
			r = keyset_next(&last, page, req, resp, NOTIFICATION_CURSOR);
		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}

int notification_read(struct db *db, const char *me)
{
	const char *values[] = {me};
	pg_result_auto *result = NULL;

	return db_query(db, &query_notifications_read, 1, values, &result);
}
