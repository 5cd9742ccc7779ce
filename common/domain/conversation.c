/* conversation.c - reading conversations; see conversation.h. */
#include "domain/conversation.h"

#include <string.h>

#include "aws/dynamodb.h"
#include "base/clock.h"
#include "base/err.h"
#include "domain/conversation_members.h"
#include "limit.h"
#include "requests.h"
#include "web/problem.h"

const struct page_kind conversation_list_page = {"groups", 2};
const struct page_kind conversation_messages_page = {"messages", 2};

/* --- the list of conversations --------------------------------------------------------------- */

/* Write a row as the API shows a conversation. */
static void write_row(struct jsonout *out, const struct item_row *row, const struct names *names)
{
	struct slice handle = row->other.handle;
	struct slice display_name = row->other.display_name;

	names_find(names, row->other.uuid, &handle, &display_name);
	jsonout_object(out);
	jsonout_member_string(out, "uuid", row->group);
	jsonout_member_string(out, "display_name", display_name);
	jsonout_member_string(out, "handle", handle);
	jsonout_member_optional(out, "message", row->text);
	jsonout_member_string(out, "created_at", row->last_message_at);
	jsonout_member_integer(out, "unread_count", row->unread_count);
	jsonout_object_end(out);
}

/* The index key of the last row of a page, where the next page begins. */
struct list_start {
	char group[UUID_SIZE];
	char at[CONVERSATION_TIME_SIZE];
};

/*
 * Read the cursor of a page. Any well-formed key will do: below the caller's own pk it is only a
 * position. Returns 0; PROBLEM_CURSOR_INVALID.
 */
static int read_list_cursor(const struct page *page, struct list_start *ret_start)
{
	struct slice at = slice_of(page->fields[1]);
	int64_t at_us;

	if (uuid_parse(slice_of(page->fields[0]), ret_start->group) < 0 ||
	    clock_parse(at, &at_us) < 0 || !slice_copy(at, ret_start->at, sizeof(ret_start->at)))
		return PROBLEM_CURSOR_INVALID;
	return 0;
}

static int write_list_cursor(const struct page *page, const struct item_row *last,
			     struct resp *resp)
{
	struct list_start start;
	const char *fields[] = {start.group, start.at};

	if (uuid_parse(last->group, start.group) < 0 ||
	    !slice_copy(last->last_message_at, start.at, sizeof(start.at)))
		return ERR_INTERNAL;
	return page_next(page, fields, resp);
}

/* A page of rows, borrowed from the answer, which the next dynamodb_send overwrites. */
struct rows {
	struct item_row rows[LIMIT_PAGE_MAX + 1];
	struct slice others[LIMIT_PAGE_MAX + 1]; /* uuids of the other members */
	size_t shown;
	bool more; /* there is a next page */
};

/*
 * Query a page of rows. named: with the names that are stored in them, a fallback for people whom
 * PostgreSQL does not know. Returns 0; PROBLEM_CURSOR_INVALID.
 */
static int query_rows(struct ctx *ctx, const char *me, const struct page *page, bool named,
		      struct rows *ret_rows)
{
	const struct dynamodb_answer *answer;
	size_t limit = (size_t)page->limit;
	struct slice after_group = {0}, after_at = {0};
	struct list_start start;
	int r;

	if (page->has_cursor) {
		r = read_list_cursor(page, &start);
		if (r < 0)
			return r;
		after_group = slice_of(start.group);
		after_at = slice_of(start.at);
	}
	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(Query, rows, .user = slice_of(me), .limit = page_rows(page),
				  .named = named, .after_group = after_group, .after_at = after_at),
			  &answer);
	if (r < 0)
		return r;

	ret_rows->more = answer->count > limit;
	ret_rows->shown = ret_rows->more ? limit : answer->count;
	for (size_t i = 0; i < ret_rows->shown; i++) {
		r = item_read_row(&answer->items[i], &ret_rows->rows[i]);
		if (r < 0)
			return r;
		ret_rows->others[i] = ret_rows->rows[i].other.uuid;
	}
	return 0;
}

int conversation_list(struct ctx *ctx, const char *me, const struct page *page, struct resp *resp)
{
	struct rows rows __attribute__((uninitialized)); /* large */
	names_auto names = {0};
	struct jsonout *out;
	int r;

	r = query_rows(ctx, me, page, false, &rows);
	if (r == 0)
		r = names_load(ctx->db, rows.others, rows.shown, &names);
	if (r == 0 && names_count(&names) < rows.shown)
		r = query_rows(ctx, me, page, true, &rows);
	if (r < 0)
		return r;

	out = resp_json(resp);
	jsonout_array(out);
	for (size_t i = 0; i < rows.shown; i++)
		write_row(out, &rows.rows[i], &names);
	jsonout_array_end(out);
	if (rows.more) {
		r = write_list_cursor(page, &rows.rows[rows.shown - 1], resp);
		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}

int conversation_show_with(struct ctx *ctx, const char *me, const char *other, struct resp *resp)
{
	names_auto names = {0};
	char group[UUID_SIZE];
	struct item_row row;
	int r;

	r = conversation_of_pair(ctx, me, other, group);
	if (r < 0)
		return r;
	r = conversation_get_row(ctx, me, group, &row);
	if (r < 0)
		return r;
	r = names_load(ctx->db, &row.other.uuid, 1, &names);
	if (r < 0)
		return r;
	write_row(resp_json(resp), &row, &names);
	return resp_json_end(resp);
}

int conversation_unread(struct ctx *ctx, const char *me, int64_t *ret_count)
{
	char last_sk[128];
	struct slice after = {0}, sk;
	int64_t count = 0, unread;

	do {
		const struct dynamodb_answer *answer;
		int r;

		r = dynamodb_send(ctx->dynamodb,
				  REQUEST(Query, unread, .user = slice_of(me), .after_sk = after),
				  &answer);
		if (r < 0)
			return r;
		for (size_t i = 0; i < answer->count; i++)
			if (item_number(&answer->items[i], "unread_count", &unread) == 0)
				count += unread;

		sk = item_string_or(&answer->last_key, "sk", (struct slice){0});
		if (!slice_copy(sk, last_sk, sizeof(last_sk)))
			return ERR_INTERNAL;
		after = slice_of(last_sk);
	} while (after.len > 0);
	*ret_count = count;
	return 0;
}

/* --- the messages of a conversation ---------------------------------------------------------- */

/* The direction in a cursor of messages: where the next page lies. */
#define OLDER "older"
#define NEWER "newer"

/* Where a page of messages begins. */
struct position {
	bool forward; /* oldest first, after `at`; else newest first, before it */
	char at[CONVERSATION_TIME_SIZE]; /* "": at the newest message */
};

/* Returns 0; PROBLEM_CURSOR_INVALID. */
static int read_messages_cursor(const struct page *page, struct position *ret_position)
{
	struct slice at = slice_of(page->fields[1]);
	bool forward = strcmp(page->fields[0], NEWER) == 0;
	int64_t us;

	if ((!forward && strcmp(page->fields[0], OLDER) != 0) || clock_parse(at, &us) < 0 ||
	    !slice_copy(at, ret_position->at, sizeof(ret_position->at)))
		return PROBLEM_CURSOR_INVALID;
	ret_position->forward = forward;
	return 0;
}

/* Find the message `after`. Returns 0; PROBLEM_AFTER_INVALID. */
static int find_after(struct ctx *ctx, const char *me, const char *group, const char *after,
		      struct position *ret_position)
{
	struct message_found found;
	int64_t us;
	int r;

	if (uuid_v7_time(after, &us) == 0) {
		clock_format(us, ret_position->at);
	} else {
		r = conversation_find_message(ctx, me, group, after, &found);
		if (r < 0)
			return r == ERR_NOT_FOUND ? PROBLEM_AFTER_INVALID : r;
		memcpy(ret_position->at, found.created_at, sizeof(found.created_at));
	}
	ret_position->forward = true;
	return 0;
}

static int find_position(struct ctx *ctx, const char *me, const char *group,
			 const struct page *page, const char *after, struct position *ret_position)
{
	if (page->has_cursor)
		return read_messages_cursor(page, ret_position);
	if (after)
		return find_after(ctx, me, group, after, ret_position);
	*ret_position = (struct position){.forward = false, .at = ""};
	return 0;
}

/* Query a page of messages; `named` as in query_rows. */
static int query_messages(struct ctx *ctx, const char *group, const struct position *position,
			  int limit, bool named, const struct dynamodb_answer **ret_answer)
{
	struct slice at = *position->at ? slice_of(position->at) : (struct slice){0};

	if (position->forward)
		return dynamodb_send(ctx->dynamodb,
				     REQUEST(Query, messages_newer, .group = slice_of(group),
					     .limit = limit, .named = named, .after = at),
				     ret_answer);
	return dynamodb_send(ctx->dynamodb,
			     REQUEST(Query, messages_older, .group = slice_of(group),
				     .limit = limit, .named = named, .before = at),
			     ret_answer);
}

/* Query messages, and at the same time the names of both members. */
static int load_messages(struct ctx *ctx, const char *me, const char *other, const char *group,
			 const struct position *position, int limit, struct names *names,
			 const struct dynamodb_answer **ret_answer)
{
	const struct slice members[] = {slice_of(me), slice_of(other)};
	int r;

	r = names_send(ctx->db, members, 2, names);
	if (r < 0)
		return r;
	r = query_messages(ctx, group, position, limit, false, ret_answer);
	if (r < 0)
		return r;
	r = names_receive(ctx->db, names);
	if (r < 0)
		return r;
	if (names_count(names) < 2)
		return query_messages(ctx, group, position, limit, true, ret_answer);
	return 0;
}

/* Write the page, oldest message first. Returns 0; ERR_INTERNAL; ERR_NO_MEMORY. */
static int write_messages(const struct dynamodb_answer *answer, const struct page *page,
			  bool forward, const struct names *names, struct resp *resp)
{
	size_t limit = (size_t)page->limit;
	size_t shown = answer->count < limit ? answer->count : limit;
	struct jsonout *out = resp_json(resp);
	char at[CONVERSATION_TIME_SIZE];
	const char *fields[] = {forward ? NEWER : OLDER, at};
	struct item_message message;
	int r;

	jsonout_array(out);
	for (size_t i = 0; i < shown; i++) {
		r = item_read_message(&answer->items[forward ? i : shown - 1 - i], &message);
		if (r < 0)
			return r;
		conversation_write_message(out, &message, names, NULL);
	}
	jsonout_array_end(out);
	if (answer->count > limit) {
		/* The next page begins where the query stopped. */
		if (item_read_message(&answer->items[shown - 1], &message) < 0 ||
		    !slice_copy(message.created_at, at, sizeof(at)))
			return ERR_INTERNAL;
		r = page_next(page, fields, resp);
		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}

int conversation_messages(struct ctx *ctx, const char *me, const char *group,
			  const struct page *page, const char *after, struct resp *resp)
{
	const struct dynamodb_answer *answer;
	struct position position;
	names_auto names = {0};
	char other[UUID_SIZE];
	int r;

	r = conversation_other_member(ctx, me, group, other);
	if (r < 0)
		return r;
	r = find_position(ctx, me, group, page, after, &position);
	if (r < 0)
		return r;
	r = load_messages(ctx, me, other, group, &position, page_rows(page), &names, &answer);
	if (r < 0)
		return r;
	return write_messages(answer, page, position.forward, &names, resp);
}
