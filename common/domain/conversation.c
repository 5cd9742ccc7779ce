/* conversation.c - reading conversations and who is in them; see conversation.h. */
#include "domain/conversation.h"

#include <assert.h>
#include <string.h>

#include "aws/dynamodb.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/handle.h"
#include "domain/conversation_members.h"
#include "limit.h"
#include "requests.h"
#include "web/problem.h"

const struct page_kind conversation_list_page = {"groups", 2};
const struct page_kind conversation_members_page = {"members", 1};

#define MEMBERS_OF_PAIR 2

/* --- a conversation as the API shows it ------------------------------------------------------ */

/* The uuids of both members of a conversation, the other one first. */
static void uuids_of(const char *me, const struct item_row *row,
		     struct slice ret_uuids[MEMBERS_OF_PAIR])
{
	ret_uuids[0] = row->other.uuid;
	ret_uuids[1] = slice_of(me);
}

/* Both members in this order, with their names: today's, if known. */
static void find_members(const char *me, const struct item_row *row, const struct names *names,
			 struct item_person ret_members[MEMBERS_OF_PAIR])
{
	ret_members[0] = row->other;
	ret_members[1] = (struct item_person){slice_of(me), SLICE(""), SLICE("")};
	for (size_t i = 0; i < MEMBERS_OF_PAIR; i++)
		names_find(names, ret_members[i].uuid, &ret_members[i].handle,
			   &ret_members[i].display_name);
}

/* Open the object of a person and write the members that every place shows. */
static void open_person(struct jsonout *out, const struct item_person *person)
{
	jsonout_object(out);
	jsonout_member_string(out, "uuid", person->uuid);
	jsonout_member_string(out, "handle", person->handle);
	jsonout_member_string(out, "display_name", person->display_name);
	jsonout_member_text(out, "avatar_url", NULL);
	if (handle_deleted(person->handle))
		jsonout_member_bool(out, "deleted", true);
}

/* Whether `me` sees how far the other member has read: both show it to each other, or neither. */
static bool shows_seen(const char *me, const struct item_row *row, const struct names *names)
{
	return conversation_waiting(row) == WAITING_FOR_NOBODY &&
	       names_receipts(names, slice_of(me)) && names_receipts(names, row->other.uuid);
}

/* How far the other member has read: nothing when it is not known. */
static void write_seen(struct jsonout *out, const struct item_row *row,
		       const struct item_person *other, bool shown)
{
	jsonout_key(out, "seen");
	jsonout_array(out);
	if (shown && row->seen_message_uuid.len) {
		jsonout_object(out);
		jsonout_member_string(out, "handle", other->handle);
		jsonout_member_string(out, "message_uuid", row->seen_message_uuid);
		jsonout_object_end(out);
	}
	jsonout_array_end(out);
}

/* Whether the conversation waits, and how many messages `me` may send until it is accepted. */
static void write_waiting(struct jsonout *out, const struct item_row *row)
{
	static const char *const states[] = {
		[WAITING_FOR_NOBODY] = "accepted",
		[WAITING_FOR_ME] = "request",
		[WAITING_FOR_OTHER] = "pending",
	};
	enum waiting waiting = conversation_waiting(row);

	jsonout_member_text(out, "state", states[waiting]);
	if (waiting == WAITING_FOR_OTHER)
		jsonout_member_integer(out, "messages_left", LIMIT_REQUEST_MESSAGES - row->pending);
	else
		jsonout_member_text(out, "messages_left", NULL);
}

/* Write the conversation of a row of `me`. Messages of a request do not count as unread. */
static void write_row(struct jsonout *out, const char *me, const struct item_row *row,
		      const struct names *names)
{
	struct item_person members[MEMBERS_OF_PAIR];

	find_members(me, row, names, members);
	jsonout_object(out);
	jsonout_member_string(out, "uuid", row->group);
	jsonout_member_text(out, "kind", "pair");
	jsonout_member_text(out, "name", NULL);
	write_waiting(out, row);
	jsonout_member_bool(out, "hidden", !row->last_message_at.ptr);
	jsonout_member_string(out, "display_name", members[0].display_name);
	jsonout_member_string(out, "handle", members[0].handle);
	if (handle_deleted(members[0].handle))
		jsonout_member_bool(out, "deleted", true);
	jsonout_member_optional(out, "message", row->text);
	jsonout_member_optional(out, "message_uuid", row->last_message_uuid);
	jsonout_member_string(out, "created_at", row->last_sent_at);
	jsonout_member_integer(out, "unread_count", row->waits ? 0 : row->unread_count);
	jsonout_member_optional(out, "read_message_uuid", row->read_message_uuid);
	write_seen(out, row, &members[0], shows_seen(me, row, names));
	jsonout_member_integer(out, "members_count", MEMBERS_OF_PAIR);
	jsonout_key(out, "members");
	jsonout_array(out);
	for (size_t i = 0; i < MEMBERS_OF_PAIR; i++) {
		open_person(out, &members[i]);
		jsonout_object_end(out);
	}
	jsonout_array_end(out);
	jsonout_object_end(out);
}

/* --- the list of conversations --------------------------------------------------------------- */

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
	struct slice
		people[LIMIT_PAGE_MAX + 1]; /* uuids of the other members, then of the caller */
	size_t shown;
	bool more; /* there is a next page */
};

/*
 * Query a page of rows. requests: of those that wait for `me`. named: with the names that are
 * stored in them, a fallback for people whom PostgreSQL does not know. Returns 0;
 * PROBLEM_CURSOR_INVALID.
 */
static int query_rows(struct ctx *ctx, const char *me, const struct page *page, bool requests,
		      bool named, struct rows *ret_rows)
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
			  REQUEST(Query, rows, .place = item_place(requests), .user = slice_of(me),
				  .limit = page_rows(page), .named = named,
				  .after_group = after_group, .after_at = after_at),
			  &answer);
	if (r < 0)
		return r;

	ret_rows->more = answer->count > limit;
	ret_rows->shown = ret_rows->more ? limit : answer->count;
	for (size_t i = 0; i < ret_rows->shown; i++) {
		r = item_read_row(&answer->items[i], &ret_rows->rows[i]);
		if (r < 0)
			return r;
		ret_rows->rows[i].waits = requests;
		ret_rows->people[i] = ret_rows->rows[i].other.uuid;
	}
	ret_rows->people[ret_rows->shown] = slice_of(me);
	return 0;
}

int conversation_list(struct ctx *ctx, const char *me, bool requests, const struct page *page,
		      struct resp *resp)
{
	struct rows rows __attribute__((uninitialized)); /* large */
	names_auto names = {0};
	struct jsonout *out;
	int r;

	r = query_rows(ctx, me, page, requests, false, &rows);
	if (r == 0)
		r = names_load(ctx->db, rows.people, rows.shown + 1, &names);
	if (r == 0 && names_count(&names) < rows.shown + 1)
		r = query_rows(ctx, me, page, requests, true, &rows);
	if (r < 0)
		return r;

	out = resp_json(resp);
	jsonout_array(out);
	for (size_t i = 0; i < rows.shown; i++)
		write_row(out, me, &rows.rows[i], &names);
	jsonout_array_end(out);
	if (rows.more) {
		assert(rows.shown > 0);
		r = write_list_cursor(page, &rows.rows[rows.shown - 1], resp);
		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}

/* --- one conversation ------------------------------------------------------------------------ */

int conversation_show(struct ctx *ctx, const char *me, const char *group, struct resp *resp)
{
	struct slice people[MEMBERS_OF_PAIR];
	names_auto names = {0};
	struct item_row row;
	int r;

	r = conversation_get_row(ctx, me, group, &row);
	if (r < 0)
		return r;
	uuids_of(me, &row, people);
	r = names_load(ctx->db, people, MEMBERS_OF_PAIR, &names);
	if (r < 0)
		return r;
	write_row(resp_json(resp), me, &row, &names);
	return resp_json_end(resp);
}

int conversation_show_with(struct ctx *ctx, const char *me, const char *other, struct resp *resp)
{
	char group[UUID_SIZE];
	int r;

	r = conversation_of_pair(ctx, me, other, group);
	if (r < 0)
		return r;
	return conversation_show(ctx, me, group, resp);
}

/*
 * Which of the members a page begins with: the one after that of the cursor. After somebody else it
 * begins again. Returns 0; PROBLEM_CURSOR_INVALID.
 */
static int first_member(const struct page *page, const struct slice *people, size_t *ret_first)
{
	char last[UUID_SIZE];

	*ret_first = 0;
	if (!page->has_cursor)
		return 0;
	if (uuid_parse(slice_of(page->fields[0]), last) < 0)
		return PROBLEM_CURSOR_INVALID;
	for (size_t i = 0; i < MEMBERS_OF_PAIR; i++)
		if (slice_is(people[i], last))
			*ret_first = i + 1;
	return 0;
}

int conversation_members(struct ctx *ctx, const char *me, const char *group,
			 const struct page *page, struct resp *resp)
{
	struct slice people[MEMBERS_OF_PAIR];
	struct item_person members[MEMBERS_OF_PAIR];
	names_auto names = {0};
	char last[UUID_SIZE];
	struct item_row row;
	struct jsonout *out;
	size_t i, end;
	int r;

	r = conversation_get_row(ctx, me, group, &row);
	if (r < 0)
		return r;
	uuids_of(me, &row, people);
	r = first_member(page, people, &i);
	if (r < 0)
		return r;
	r = names_load_people(ctx->db, people, MEMBERS_OF_PAIR, &names);
	if (r < 0)
		return r;
	find_members(me, &row, &names, members);

	end = i + (size_t)page->limit;
	out = resp_json(resp);
	jsonout_array(out);
	for (; i < MEMBERS_OF_PAIR && i < end; i++) {
		open_person(out, &members[i]);
		jsonout_member_optional(out, "bio", names_bio(&names, members[i].uuid));
		jsonout_member_text(out, "joined_at", NULL);
		jsonout_member_bool(out, "owner", false);
		jsonout_object_end(out);
	}
	jsonout_array_end(out);
	if (i < MEMBERS_OF_PAIR) {
		if (uuid_parse(members[i - 1].uuid, last) < 0)
			return ERR_INTERNAL;
		r = page_next(page, (const char *[]){last}, resp);
		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}

int conversation_unread(struct ctx *ctx, const char *me, int64_t *ret_count)
{
	const struct dynamodb_answer *answer;
	int64_t count = 0;
	int r;

	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(Query, unread, .user = slice_of(me), .limit = LIMIT_PAGE_MAX),
			  &answer);
	if (r < 0)
		return r;
	for (size_t i = 0; i < answer->count; i++) {
		int64_t unread;

		if (item_number(&answer->items[i], "unread_count", &unread) == 0)
			count += unread;
	}
	*ret_count = count;
	return 0;
}
