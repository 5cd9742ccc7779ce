/* activity.c - reading cruds; see activity.h. */
#include "domain/activity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/handle.h"
#include "db/row.h"
#include "domain/person.h"
#include "limit.h"
#include "queries.h"
#include "web/keyset.h"
#include "web/problem.h"

const struct page_kind activity_page = {"cruds", KEYSET_FIELDS};
const struct page_kind activity_following_page = {"following_feed", KEYSET_FIELDS};
const struct page_kind activity_ending_page = {"ending", KEYSET_FIELDS};
const struct page_kind activity_bookmarks_page = {"bookmarks", KEYSET_FIELDS};
const struct page_kind activity_user_pages[] = {
	{"cruds", KEYSET_FIELDS},
	{"replies", KEYSET_FIELDS},
	{"reposts", KEYSET_FIELDS},
};
const struct page_kind activity_search_page = {"found", 3 + KEYSET_FIELDS};

/* Places in the columns of a crud; the table below has their names. */
enum { UUID = 0, EXPIRES_AT = 8, CREATED_AT };

/* The last three are for signed-in callers. */
static const struct column columns[ACTIVITY_COLUMNS] = {
	[UUID] = {"uuid", COLUMN_TEXT},
	{"display_name", COLUMN_TEXT},
	{"handle", COLUMN_TEXT},
	{"message", COLUMN_TEXT},
	{"replies_count", COLUMN_INTEGER},
	{"reposts_count", COLUMN_INTEGER},
	{"likes_count", COLUMN_INTEGER},
	{"reply_to_activity_uuid", COLUMN_NULLABLE},
	[EXPIRES_AT] = {"expires_at", COLUMN_TIME},
	[CREATED_AT] = {"created_at", COLUMN_TIME},
	{"liked", COLUMN_BOOL},
	{"reposted", COLUMN_BOOL},
	{"bookmarked", COLUMN_BOOL},
};
#define COLUMNS_OF_CALLER 3

/* A caller as a parameter: anonymous is null. */
static const char *caller_value(const char *caller)
{
	return *caller ? caller : NULL;
}

static void write_columns(struct jsonout *out, const PGresult *result, int row, bool signed_in)
{
	int count = signed_in ? ACTIVITY_COLUMNS : ACTIVITY_COLUMNS - COLUMNS_OF_CALLER;

	row_write(out, result, row, 0, columns, count);
}

void activity_write(struct jsonout *out, const PGresult *result, int row, bool signed_in)
{
	jsonout_object(out);
	write_columns(out, result, row, signed_in);
	jsonout_object_end(out);
}

static const struct keyset_rows newest_first = {activity_write, CREATED_AT, UUID};
static const struct keyset_rows next_to_end_first = {activity_write, EXPIRES_AT, UUID};

/* Write a list of cruds that begins at the top, as keyset.h describes. */
static int list(struct db *db, const struct query *query, const struct keyset_rows *order,
		const char *caller, const struct page *page, struct resp *resp)
{
	pg_result_auto *result = NULL;
	struct keyset from;
	char rows[PAGE_ROWS_SIZE];
	const char *values[] = {caller_value(caller), from.created_at, from.uuid, rows};
	int r;

	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(db, query, 4, values, &result);
	if (r < 0)
		return r;
	r = keyset_write(resp_json(resp), result, 0, order, *caller, page, resp);
	return r < 0 ? r : resp_json_end(resp);
}

int activity_home(struct db *db, const char *caller, const struct page *page, struct resp *resp)
{
	return list(db, &query_activities_home, &newest_first, caller, page, resp);
}

int activity_bookmarks(struct db *db, const char *me, const struct page *page, struct resp *resp)
{
	enum { BOOKMARKED_AT = ACTIVITY_COLUMNS };
	static const struct keyset_rows latest_first = {activity_write, BOOKMARKED_AT, UUID};

	return list(db, &query_bookmarks_list, &latest_first, me, page, resp);
}

/* --- the feed of followed people ---------------------------------------------------------------
 */

/* Columns of activities/following.sql, after those of the crud. */
enum { REPOSTER_HANDLE = ACTIVITY_COLUMNS, REPOSTER_NAME, ENTRY_AT, ENTRY_CRUD };

static void write_entry(struct jsonout *out, const PGresult *result, int row)
{
	jsonout_object(out);
	write_columns(out, result, row, true);
	if (db_null(result, row, REPOSTER_HANDLE)) {
		jsonout_member_text(out, "reposted_by", NULL);
	} else {
		jsonout_key(out, "reposted_by");
		jsonout_object(out);
		jsonout_member_string(out, "handle", db_value(result, row, REPOSTER_HANDLE));
		jsonout_member_string(out, "display_name", db_value(result, row, REPOSTER_NAME));
		jsonout_object_end(out);
	}
	jsonout_object_end(out);
}

/*
 * Write the entries that are shown as an array, at most a page of them, and link to the place below
 * the last one that was looked at, unless it is the last one of all.
 */
static int write_entries(const PGresult *result, const struct page *page, struct resp *resp)
{
	struct jsonout *out = resp_json(resp);
	int read = page_rows(page);
	int count = PQntuples(result);
	int shown = 0, row = 0;
	struct keyset place;
	int r;

	jsonout_array(out);
	for (; row < count && shown < page->limit; row++) {
		if (db_null(result, row, UUID))
			continue;
		write_entry(out, result, row);
		shown++;
	}
	jsonout_array_end(out);
	while (count < read && row < count && db_null(result, row, UUID))
		row++;
	if (row == count && count < read)
		return 0;
	r = keyset_of_row(db_integer(result, row - 1, ENTRY_AT),
			  db_value(result, row - 1, ENTRY_CRUD), &place);
	return r < 0 ? r : keyset_next(&place, page, resp);
}

int activity_following(struct db *db, const char *me, const struct page *page, struct resp *resp)
{
	pg_result_auto *result = NULL;
	struct keyset from;
	char rows[PAGE_ROWS_SIZE];
	const char *values[] = {me, from.created_at, from.uuid, rows};
	int r;

	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(db, &query_activities_following, 4, values, &result);
	if (r < 0)
		return r;
	r = write_entries(result, page, resp);
	return r < 0 ? r : resp_json_end(resp);
}

int activity_ending(struct db *db, const char *caller, const struct page *page, struct resp *resp)
{
	pg_result_auto *result = NULL;
	/* A place in this list is the time of an end; before all of them. */
	struct keyset from = {"-infinity", "00000000-0000-0000-0000-000000000000"};
	char rows[PAGE_ROWS_SIZE];
	const char *values[] = {caller_value(caller), from.created_at, from.uuid, rows};
	int r;

	if (page->has_cursor) {
		r = keyset_read(page->fields, &from);
		if (r < 0)
			return r;
	}
	page_rows_text(page, rows);
	r = db_query(db, &query_activities_ending, 4, values, &result);
	if (r < 0)
		return r;
	r = keyset_write(resp_json(resp), result, 0, &next_to_end_first, *caller, page, resp);
	return r < 0 ? r : resp_json_end(resp);
}

/* --- a person's page ---------------------------------------------------------------------------
 */

/* Columns of activities/by_user.sql, after those of the crud. */
enum { PROFILE = ACTIVITY_COLUMNS, PROFILE_ENTRY_AT = PROFILE + PERSON_COLUMNS };

int activity_of_user(struct db *db, const char *caller, struct slice handle,
		     const struct page *page, struct resp *resp)
{
	static const struct keyset_rows latest_first = {activity_write, PROFILE_ENTRY_AT, UUID};
	pg_result_auto *result = NULL;
	char whose[LIMIT_HANDLE_MAX + 1];
	struct keyset from;
	char rows[PAGE_ROWS_SIZE];
	const char *values[] = {caller_value(caller), whose, from.created_at, from.uuid, rows,
				page->kind->name};
	struct jsonout *out;
	bool none;
	int r;

	if (!handle_copy(handle, whose))
		return ERR_NOT_FOUND;
	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(db, &query_activities_by_user, 6, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;

	out = resp_json(resp);
	jsonout_object(out);
	jsonout_key(out, "profile");
	person_write(out, result, 0, PROFILE, *caller);
	jsonout_key(out, "activities");
	none = db_null(result, 0, UUID);
	r = keyset_write(out, result, none ? 1 : 0, &latest_first, *caller, page, resp);
	if (r < 0)
		return r;
	jsonout_object_end(out);
	return resp_json_end(resp);
}

/* --- a discussion --------------------------------------------------------------------------------
 */

/* The column of activities/show.sql after those of the crud, and its value in rows of replies. */
enum { PLACE = ACTIVITY_COLUMNS };
#define PLACE_REPLY 100

/* Write what the crud of row 0 answers, from row 1 on. Returns the first row of a reply. */
static int write_ancestors(struct jsonout *out, const PGresult *result, bool signed_in)
{
	int count = PQntuples(result);
	int row = 1;

	jsonout_array(out);
	for (; row < count && db_integer(result, row, PLACE) < PLACE_REPLY; row++)
		activity_write(out, result, row, signed_in);
	jsonout_array_end(out);
	return row;
}

int activity_show(struct db *db, const char *caller, const char *uuid, struct slice handle,
		  const struct page *page, struct resp *resp)
{
	pg_result_auto *result = NULL;
	char whose[LIMIT_HANDLE_MAX + 1];
	struct keyset from;
	char rows[PAGE_ROWS_SIZE];
	char ancestors[16];
	const char *values[] = {caller_value(caller),
				uuid,
				handle.len ? whose : NULL,
				from.created_at,
				from.uuid,
				rows,
				ancestors};
	struct jsonout *out;
	int r, first;

	if (!slice_copy(handle, whose, sizeof(whose)))
		return ERR_NOT_FOUND;
	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	snprintf(ancestors, sizeof(ancestors), "%d", LIMIT_ANCESTORS);
	r = db_query(db, &query_activities_show, 7, values, &result);
	if (r < 0)
		return r;
	/* The crud comes first; others alone mean that it does not exist. */
	if (PQntuples(result) == 0 || !slice_is(db_value(result, 0, UUID), uuid))
		return ERR_NOT_FOUND;

	out = resp_json(resp);
	jsonout_object(out);
	jsonout_key(out, "activity");
	activity_write(out, result, 0, *caller);
	jsonout_key(out, "ancestors");
	first = write_ancestors(out, result, *caller);
	jsonout_key(out, "replies");
	r = keyset_write(out, result, first, &newest_first, *caller, page, resp);
	if (r < 0)
		return r;
	jsonout_object_end(out);
	return resp_json_end(resp);
}

/* Where a page of a search begins. */
struct found {
	char until[CLOCK_TEXT_SIZE]; /* later cruds are left out, so that pages do not shift */
	char rank[32];
	struct keyset place;
};

/* Earlier workers, which may get the cursor too, read a choice in its third field: t or f. */
#define FOUND_CHOICE "f"

static int found_of_page(const struct page *page, struct found *ret_found)
{
	struct found found = {"infinity", "infinity", keyset_top};
	int64_t until_us;
	float rank;
	char *end;

	if (page->has_cursor) {
		rank = strtof(page->fields[1], &end);
		if (clock_parse(slice_of(page->fields[0]), &until_us) < 0 || until_us < 0 ||
		    end == page->fields[1] || *end || !(rank >= 0 && rank <= 1) ||
		    (strcmp(page->fields[2], "t") != 0 && strcmp(page->fields[2], "f") != 0) ||
		    keyset_read(page->fields + 3, &found.place) < 0)
			return PROBLEM_CURSOR_INVALID;
		clock_format(until_us, found.until);
		snprintf(found.rank, sizeof(found.rank), "%.9g", (double)rank);
	}
	*ret_found = found;
	return 0;
}

/* Add the link to the page below `row`. After a crud's columns come its rank, and until when. */
static int found_next(const PGresult *result, int row, const struct page *page, struct resp *resp)
{
	enum { RANK = ACTIVITY_COLUMNS, UNTIL };
	char until[CLOCK_TEXT_SIZE];
	struct keyset place;
	const char *fields[] = {until, PQgetvalue(result, row, RANK), FOUND_CHOICE,
				place.created_at, place.uuid};
	int r;

	r = keyset_of_row(db_integer(result, row, CREATED_AT), db_value(result, row, UUID), &place);
	if (r < 0)
		return r;
	clock_format(db_integer(result, row, UNTIL), until);
	return page_next(page, fields, resp);
}

int activity_search(struct db *db, const char *caller, struct slice term, const struct page *page,
		    struct resp *resp)
{
	pg_result_auto *result = NULL;
	char text[LIMIT_SEARCH_TERM * 4 + 1];
	char rows[PAGE_ROWS_SIZE];
	struct found from;
	const char *values[] = {
		caller_value(caller), text, from.until, from.rank, from.place.created_at,
		from.place.uuid,      rows};
	int last;
	int r;

	if (!slice_copy(term, text, sizeof(text)))
		return ERR_INTERNAL;
	r = found_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(db, &query_activities_search, 7, values, &result);
	if (r < 0)
		return r;
	last = keyset_write_rows(resp_json(resp), result, 0, &newest_first, *caller, page);
	if (last >= 0) {
		r = found_next(result, last, page, resp);
		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}
