/* activity.c - reading cruds; see activity.h. */
#include "domain/activity.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "domain/user.h"
#include "limit.h"
#include "queries.h"

/* How many rows to ask for: one more than is shown tells whether there is a next page. */
#define LIMIT_SIZE 16

static void limit_text(const struct page *page, char ret_text[LIMIT_SIZE])
{
	snprintf(ret_text, LIMIT_SIZE, "%d", page->limit + 1);
}

/* A caller as a parameter: nobody in particular is null. */
static const char *caller_value(const char *caller)
{
	return *caller ? caller : NULL;
}

void activity_write(struct jsonout *out, const PGresult *result, int row, bool signed_in)
{
	jsonout_object(out);
	jsonout_member_string(out, "uuid", db_value(result, row, ACTIVITY_UUID));
	jsonout_member_string(out, "display_name", db_value(result, row, ACTIVITY_DISPLAY_NAME));
	jsonout_member_string(out, "handle", db_value(result, row, ACTIVITY_HANDLE));
	jsonout_member_string(out, "message", db_value(result, row, ACTIVITY_MESSAGE));
	jsonout_member_integer(out, "replies_count",
			       db_integer(result, row, ACTIVITY_REPLIES_COUNT));
	jsonout_member_integer(out, "reposts_count",
			       db_integer(result, row, ACTIVITY_REPOSTS_COUNT));
	jsonout_member_integer(out, "likes_count", db_integer(result, row, ACTIVITY_LIKES_COUNT));
	jsonout_member_optional(out, "reply_to_activity_uuid",
				db_optional(result, row, ACTIVITY_REPLY_TO));
	jsonout_member_time(out, "expires_at", db_integer(result, row, ACTIVITY_EXPIRES_US));
	jsonout_member_time(out, "created_at", db_integer(result, row, ACTIVITY_CREATED_US));
	if (signed_in) {
		jsonout_member_bool(out, "liked", db_bool(result, row, ACTIVITY_LIKED));
		jsonout_member_bool(out, "reposted", db_bool(result, row, ACTIVITY_REPOSTED));
	}
	jsonout_object_end(out);
}

static int place_of(const PGresult *result, int row, struct keyset *ret_place)
{
	return keyset_of_row(db_integer(result, row, ACTIVITY_CREATED_US),
			     db_value(result, row, ACTIVITY_UUID), ret_place);
}

/*
 * Write an array of the cruds in rows `from` and on, a page of them at most.
 * Returns the row of the last one when there is more, else -1.
 */
static int write_page(struct jsonout *out, const PGresult *result, int from,
		      const struct page *page, bool signed_in)
{
	int end = PQntuples(result);
	bool more = end - from > page->limit;

	if (more)
		end = from + page->limit;
	jsonout_array(out);
	for (int row = from; row < end; row++)
		activity_write(out, result, row, signed_in);
	jsonout_array_end(out);
	return more ? end - 1 : -1;
}

/* As write_page, saying in the response how to go on. Returns 0, or what page_next says. */
static int write_newest(struct jsonout *out, const PGresult *result, int from, bool signed_in,
			const struct page *page, const struct req *req, struct resp *resp)
{
	int last = write_page(out, result, from, page, signed_in);
	struct keyset place;
	int r;

	if (last < 0)
		return 0;
	r = place_of(result, last, &place);
	if (r < 0)
		return r;
	return keyset_next(&place, page, req, resp, ACTIVITY_CURSOR);
}

int activity_home(struct db *db, const char *caller, const struct page *page, const struct req *req,
		  struct resp *resp)
{
	pg_result_auto *result = NULL;
	struct keyset from;
	char limit[LIMIT_SIZE];
	const char *values[] = {caller_value(caller), from.created_at, from.uuid, limit};
	int r;

	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	limit_text(page, limit);
	r = db_query(db, &query_activities_home, 4, values, &result);
	if (r < 0)
		return r;
	r = write_newest(resp_json(resp), result, 0, *caller, page, req, resp);
	return r < 0 ? r : resp_json_end(resp);
}

int activity_of_user(struct db *db, const char *caller, struct slice handle,
		     const struct page *page, const struct req *req, struct resp *resp)
{
	enum { UUID = ACTIVITY_COLUMNS, HANDLE, DISPLAY_NAME, BIO, CRUDS_COUNT };
	pg_result_auto *result = NULL;
	char whose[LIMIT_HANDLE_MAX + 1];
	struct keyset from;
	char limit[LIMIT_SIZE];
	const char *values[] = {caller_value(caller), whose, from.created_at, from.uuid, limit};
	struct jsonout *out;
	bool none;
	int r;

	if (!handle_valid(handle) || !slice_copy(handle, whose, sizeof(whose)))
		return ERR_NOT_FOUND;
	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	limit_text(page, limit);
	r = db_query(db, &query_activities_by_user, 5, values, &result);
	if (r < 0)
		return r;
	if (PQntuples(result) == 0)
		return ERR_NOT_FOUND;

	out = resp_json(resp);
	jsonout_object(out);
	jsonout_key(out, "profile");
	jsonout_object(out);
	jsonout_member_string(out, "uuid", db_value(result, 0, UUID));
	jsonout_member_string(out, "handle", db_value(result, 0, HANDLE));
	jsonout_member_string(out, "display_name", db_value(result, 0, DISPLAY_NAME));
	jsonout_member_optional(out, "bio", db_optional(result, 0, BIO));
	jsonout_member_integer(out, "cruds_count", db_integer(result, 0, CRUDS_COUNT));
	jsonout_object_end(out);
	jsonout_key(out, "activities");
	none = db_null(result, 0, ACTIVITY_UUID);
	r = write_newest(out, result, none ? 1 : 0, *caller, page, req, resp);
	if (r < 0)
		return r;
	jsonout_object_end(out);
	return resp_json_end(resp);
}

int activity_show(struct db *db, const char *caller, const char *uuid, struct slice handle,
		  const struct page *page, const struct req *req, struct resp *resp)
{
	pg_result_auto *result = NULL;
	char whose[LIMIT_HANDLE_MAX + 1];
	struct keyset from;
	char limit[LIMIT_SIZE];
	const char *values[] = {caller_value(caller), uuid,	 handle.len ? whose : NULL,
				from.created_at,      from.uuid, limit};
	struct jsonout *out;
	int r;

	if (!slice_copy(handle, whose, sizeof(whose)))
		return ERR_NOT_FOUND;
	r = keyset_of_page(page, &from);
	if (r < 0)
		return r;
	limit_text(page, limit);
	r = db_query(db, &query_activities_show, 6, values, &result);
	if (r < 0)
		return r;
	/* the crud comes before all replies, or not at all */
	if (PQntuples(result) == 0 || !slice_is(db_value(result, 0, ACTIVITY_UUID), uuid))
		return ERR_NOT_FOUND;

	out = resp_json(resp);
	jsonout_object(out);
	jsonout_key(out, "activity");
	activity_write(out, result, 0, *caller);
	jsonout_key(out, "replies");
	r = write_newest(out, result, 1, *caller, page, req, resp);
	if (r < 0)
		return r;
	jsonout_object_end(out);
	return resp_json_end(resp);
}

/* Where a page of a search begins. */
struct found {
	char until[CLOCK_TEXT_SIZE]; /* what was written later is left out */
	char rank[32];
	struct keyset place;
};

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
		    keyset_read(page->fields + 2, &found.place) < 0)
			return ERR_CURSOR_INVALID;
		clock_format(until_us, found.until);
		snprintf(found.rank, sizeof(found.rank), "%.9g", (double)rank);
	}
	*ret_found = found;
	return 0;
}

/* Say how to go on below `row`; columns after a crud's: its rank, and until when. */
static int found_next(const PGresult *result, int row, const struct page *page,
		      const struct req *req, struct resp *resp)
{
	enum { RANK = ACTIVITY_COLUMNS, UNTIL_US };
	char until[CLOCK_TEXT_SIZE];
	struct keyset place;
	const char *fields[ACTIVITY_SEARCH_FIELDS] = {until, PQgetvalue(result, row, RANK),
						      place.created_at, place.uuid};
	int r;

	r = place_of(result, row, &place);
	if (r < 0)
		return r;
	clock_format(db_integer(result, row, UNTIL_US), until);
	return page_next(page, req, resp, ACTIVITY_SEARCH_CURSOR, fields, ACTIVITY_SEARCH_FIELDS);
}

int activity_search(struct db *db, const char *caller, struct slice term, const struct page *page,
		    const struct req *req, struct resp *resp)
{
	pg_result_auto *query = NULL;
	pg_result_auto *result = NULL;
	char text[LIMIT_SEARCH_TERM * 4 + 1];
	char limit[LIMIT_SIZE];
	struct found from;
	const char *terms[] = {text};
	const char *values[] = {caller_value(caller), NULL, /* the query that the term becomes */
				from.until,	      from.rank, from.place.created_at,
				from.place.uuid,      limit};
	int last;
	int r;

	if (!slice_copy(term, text, sizeof(text)))
		return ERR_INTERNAL;
	r = found_of_page(page, &from);
	if (r < 0)
		return r;
	r = db_query(db, &query_activities_search_query, 1, terms, &query);
	if (r < 0)
		return r;
	values[1] = PQgetvalue(query, 0, 0);
	limit_text(page, limit);
	r = db_query(db, &query_activities_search, 7, values, &result);
	if (r < 0)
		return r;
	last = write_page(resp_json(resp), result, 0, page, *caller);
	if (last >= 0) {
		r = found_next(result, last, page, req, resp);
		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}
