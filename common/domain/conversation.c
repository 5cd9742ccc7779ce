/* conversation.c - reading conversations; see conversation.h. */
#include "domain/conversation.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "domain/conversation_members.h"
#include "limit.h"
#include "web/problem.h"

const struct page_kind conversation_list_page = {"groups", 2};
const struct page_kind conversation_messages_page = {"messages", 2};

/* The direction that a cursor of messages goes on in. */
#define OLDER "older"
#define NEWER "newer"

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

/*
 * A cursor of the list is the index key of the last row that was shown. Checked as text: below
 * the caller's own pk any well-formed key is only a place to go on from.
 */
static int put_list_start(struct jsonout *out, const char *me, const struct page *page)
{
	char group[UUID_SIZE];
	int64_t at_us;

	if (!page->has_cursor)
		return 0;
	if (uuid_parse(slice_of(page->fields[0]), group) < 0 ||
	    clock_parse(slice_of(page->fields[1]), &at_us) < 0)
		return PROBLEM_CURSOR_INVALID;
	jsonout_key(out, "ExclusiveStartKey");
	jsonout_object(out);
	item_put_row_key(out, me, group);
	item_put_format(out, "last_message_at", "%s", page->fields[1]);
	jsonout_object_end(out);
	return 0;
}

/* A page of rows, borrowed from the answer to the last request. */
struct rows {
	struct item_row rows[LIMIT_PAGE_MAX + 1];
	struct slice others[LIMIT_PAGE_MAX + 1];
	size_t shown;
	bool more; /* there is a next page */
};

/*
 * Query rows. named: with the names that are stored in them, which nobody needs as long as
 * PostgreSQL knows these people. Returns 0; PROBLEM_CURSOR_INVALID.
 */
static int query_rows(struct ctx *ctx, const char *me, const struct page *page, bool named,
		      struct rows *ret)
{
	struct jsonout *out = conversation_begin_read(ctx);
	const struct dynamodb_answer *answer;
	size_t limit = (size_t)page->limit;
	int r;

	if (!named)
		jsonout_member_text(out, "ProjectionExpression", ITEM_ROW_NAMELESS);
	jsonout_member_text(out, "IndexName", CONVERSATION_INDEX);
	jsonout_member_bool(out, "ScanIndexForward", false);
	/* one more than is shown: whether there is a next page */
	jsonout_member_integer(out, "Limit", page->limit + 1);
	jsonout_member_text(out, "KeyConditionExpression", "pk = :pk");
	jsonout_key(out, "ExpressionAttributeValues");
	jsonout_object(out);
	item_put_format(out, ":pk", "GRP#%s", me);
	jsonout_object_end(out);
	r = put_list_start(out, me, page);
	if (r < 0)
		return r;
	r = dynamodb_send(ctx->dynamodb, "Query", &answer);
	if (r < 0)
		return r;

	ret->more = answer->count > limit;
	ret->shown = ret->more ? limit : answer->count;
	for (size_t i = 0; i < ret->shown; i++) {
		r = item_read_row(&answer->items[i], &ret->rows[i]);
		if (r < 0)
			return r;
		ret->others[i] = ret->rows[i].other.uuid;
	}
	return 0;
}

int conversation_list(struct ctx *ctx, const char *me, const struct page *page, struct resp *resp)
{
	struct rows rows;
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
		const struct item_row *last = &rows.rows[rows.shown - 1];
		char group[UUID_SIZE];
		char at[64];
		const char *fields[] = {group, at};

		if (uuid_parse(last->group, group) < 0 ||
		    !slice_copy(last->last_message_at, at, sizeof(at)))
			return ERR_INTERNAL;
		r = page_next(page, fields, resp);
		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}

int conversation_with(struct ctx *ctx, const char *me, const char *other, struct resp *resp)
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
	char after[128] = "";
	int64_t count = 0;

	for (;;) {
		struct jsonout *out = conversation_begin_read(ctx);
		const struct dynamodb_answer *answer;
		struct slice last;
		int r;

		jsonout_member_text(out, "KeyConditionExpression",
				    *after ? "pk = :pk AND sk > :after" : "pk = :pk");
		jsonout_member_text(out, "FilterExpression", "unread_count > :none");
		jsonout_member_text(out, "ProjectionExpression", "unread_count");
		jsonout_key(out, "ExpressionAttributeValues");
		jsonout_object(out);
		item_put_format(out, ":pk", "GRP#%s", me);
		item_put_number(out, ":none", 0);
		if (*after)
			item_put_format(out, ":after", "%s", after);
		jsonout_object_end(out);
		r = dynamodb_send(ctx->dynamodb, "Query", &answer);
		if (r < 0)
			return r;
		for (size_t i = 0; i < answer->count; i++) {
			int64_t unread;

			if (item_number(&answer->items[i], "unread_count", &unread) == 0)
				count += unread;
		}
		if (item_string(&answer->last_key, "sk", &last) < 0)
			break;
		if (!slice_copy(last, after, sizeof(after)))
			return ERR_INTERNAL;
	}
	*ret_count = count;
	return 0;
}

/* Where a page of messages begins and in which direction it goes. */
struct position {
	bool forward;
	char at[64]; /* created_at beside it; "": from the newest message on */
};

static int find_position(struct ctx *ctx, const char *group, const struct page *page,
			 const char *after, struct position *ret)
{
	struct item_message message;
	int64_t us;
	int r;

	*ret = (struct position){0};
	if (page->has_cursor) {
		struct slice at = slice_of(page->fields[1]);

		ret->forward = strcmp(page->fields[0], NEWER) == 0;
		if ((!ret->forward && strcmp(page->fields[0], OLDER) != 0) ||
		    clock_parse(at, &us) < 0 || !slice_copy(at, ret->at, sizeof(ret->at)))
			return PROBLEM_CURSOR_INVALID;
		return 0;
	}
	if (!after)
		return 0;
	ret->forward = true;
	if (uuid_v7_time(after, &us) == 0) {
		clock_format(us, ret->at);
		return 0;
	}
	r = conversation_find_message(ctx, group, after, &message);
	if (r == ERR_NOT_FOUND)
		return PROBLEM_AFTER_INVALID;
	if (r < 0)
		return r;
	return slice_copy(message.created_at, ret->at, sizeof(ret->at)) ? 0 : ERR_INTERNAL;
}

/* Query messages; `named` as in query_rows. */
static int query_messages(struct ctx *ctx, const char *group, const struct position *position,
			  int limit, bool named, const struct dynamodb_answer **ret_answer)
{
	struct jsonout *out = conversation_begin_read(ctx);

	if (!named)
		jsonout_member_text(out, "ProjectionExpression", ITEM_MESSAGE_NAMELESS);
	jsonout_member_bool(out, "ScanIndexForward", position->forward);
	jsonout_member_integer(out, "Limit", limit);
	jsonout_member_text(out, "KeyConditionExpression",
			    !*position->at	? "pk = :pk"
			    : position->forward ? "pk = :pk AND sk > :at"
						: "pk = :pk AND sk < :at");
	jsonout_key(out, "ExpressionAttributeValues");
	jsonout_object(out);
	item_put_format(out, ":pk", "MSG#%s", group);
	if (*position->at)
		item_put_format(out, ":at", "%s", position->at);
	jsonout_object_end(out);
	return dynamodb_send(ctx->dynamodb, "Query", ret_answer);
}

int conversation_messages(struct ctx *ctx, const char *me, const char *group,
			  const struct page *page, const char *after, struct resp *resp)
{
	struct item_message message;
	struct position position;
	names_auto names = {0};
	const struct dynamodb_answer *answer;
	size_t limit = (size_t)page->limit;
	char other[UUID_SIZE];
	struct slice members[2];
	struct jsonout *out;
	size_t shown;
	int r;

	r = conversation_other(ctx, me, group, other);
	if (r < 0)
		return r;
	r = find_position(ctx, group, page, after, &position);
	if (r < 0)
		return r;
	members[0] = slice_of(me);
	members[1] = slice_of(other);
	r = names_send(ctx->db, members, 2, &names);
	if (r < 0)
		return r;
	r = query_messages(ctx, group, &position, page->limit + 1, false, &answer);
	if (r < 0)
		return r;
	r = names_receive(ctx->db, &names);
	if (r < 0)
		return r;
	if (names_count(&names) < 2) {
		r = query_messages(ctx, group, &position, page->limit + 1, true, &answer);
		if (r < 0)
			return r;
	}

	shown = answer->count < limit ? answer->count : limit;
	out = resp_json(resp);
	jsonout_array(out);
	for (size_t i = 0; i < shown; i++) {
		/* newest first is asked for, oldest first is shown */
		size_t at = position.forward ? i : shown - 1 - i;

		r = item_read_message(&answer->items[at], &message);
		if (r < 0)
			return r;
		conversation_write_message(out, &message, &names, NULL);
	}
	jsonout_array_end(out);
	if (answer->count > limit) {
		char at[64];
		const char *fields[] = {position.forward ? NEWER : OLDER, at};

		r = item_read_message(&answer->items[shown - 1], &message);
		if (r < 0)
			return r;
		if (!slice_copy(message.created_at, at, sizeof(at)))
			return ERR_INTERNAL;
		r = page_next(page, fields, resp);
		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}
