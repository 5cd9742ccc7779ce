/*
 * migrate_in_place.c - ddb migrate TABLE: brings the items of the previous release up to date,
 * while workers of both releases serve.
 *
 * A row gets last_sent_at, a preview instead of the whole text, the read mark that its unread count
 * implies, and a copy of the mark in the row of the other member. A message whose uuid does not
 * contain its time gets a place. A mark and a count that do not agree, because a worker of the
 * previous release changed the count alone, agree afterwards. Each change of a row is conditional
 * on what was read, and is decided again when its condition fails. So a run can be interrupted and
 * repeated.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "command_requests.h"
#include "domain/conversation_members.h"
#include "limit.h"
#include "requests.h"
#include "store.h"

#define PREVIEW_SIZE (4 * LIMIT_PREVIEW + 1) /* UTF-8 */

/* A row, by the uuids of its key. */
struct row_key {
	char user[UUID_SIZE], group[UUID_SIZE];
};

/* The items of a page of the table that may have to be brought up to date. */
struct page {
	struct row_key rows[STORE_PAGE_MAX];
	struct place places[STORE_PAGE_MAX];
	char times[STORE_PAGE_MAX][CONVERSATION_TIME_SIZE]; /* created_at of the places */
	size_t rows_count, places_count;
	int64_t rows_seen, rows_changed, messages_seen, places_written, damaged;
};

/* A row as it was read; a copy. */
struct row {
	char other[UUID_SIZE], last_uuid[UUID_SIZE], read_uuid[UUID_SIZE]; /* "" if missing */
	char last_at[CONVERSATION_TIME_SIZE], read_at[CONVERSATION_TIME_SIZE];
	char preview[PREVIEW_SIZE];
	bool old_text; /* has more than a preview */
	bool old_time; /* last_sent_at is missing, or older than the last message */
	int64_t unread;
};

static int take(const struct item *item, void *data)
{
	struct page *page = data;
	struct slice pk = item_string_or(item, "pk", SLICE(""));
	struct slice sk = item_string_or(item, "sk", SLICE(""));
	struct slice uuid = item_string_or(item, "message_uuid", SLICE(""));
	struct row_key *row = &page->rows[page->rows_count];
	struct place *place = &page->places[page->places_count];
	char *time = page->times[page->places_count];
	int64_t us;

	if (store_key_uuids(pk, "GRP#", 1, &row->user) &&
	    store_key_uuids(sk, "GROUP#", 1, &row->group)) {
		page->rows_count++;
	} else if (store_key_uuids(pk, "MSG#", 1, &place->group)) {
		page->messages_seen++;
		if (uuid_parse(uuid, place->message) == 0 &&
		    uuid_v7_time(place->message, &us) < 0 &&
		    slice_copy(sk, time, CONVERSATION_TIME_SIZE)) {
			place->created_at = slice_of(time);
			page->places_count++;
		}
	}
	return 0;
}

/* Returns 0; ERR_NOT_FOUND; ERR_INVALID for a damaged row; else as aws_send. */
static int get_row(struct aws *aws, const struct row_key *key, struct row *ret_row)
{
	const struct dynamodb_answer *answer;
	const struct item *item;
	struct item_row row;
	int r;

	r = aws_send(aws,
		     REQUEST(GetItem, row, .user = slice_of(key->user),
			     .group = slice_of(key->group)),
		     &answer);
	if (r < 0)
		return r;
	if (answer->count == 0)
		return ERR_NOT_FOUND;
	item = &answer->items[0];
	*ret_row = (struct row){0};
	if (item_read_row(item, &row) < 0 || uuid_parse(row.other.uuid, ret_row->other) < 0 ||
	    uuid_parse(row.last_message_uuid, ret_row->last_uuid) < 0 ||
	    (row.read_message_uuid.ptr &&
	     uuid_parse(row.read_message_uuid, ret_row->read_uuid) < 0) ||
	    !slice_copy(row.last_sent_at, ret_row->last_at, sizeof(ret_row->last_at)) ||
	    !slice_copy(row.read_at, ret_row->read_at, sizeof(ret_row->read_at)) ||
	    !slice_copy(row.text, ret_row->preview, sizeof(ret_row->preview)))
		return ERR_INVALID;
	ret_row->unread = row.unread_count;
	ret_row->old_text = item_string_or(item, "message", SLICE("")).len > row.text.len;
	ret_row->old_time =
		!slice_is(item_string_or(item, "last_sent_at", SLICE("")), ret_row->last_at);
	return 0;
}

/* Give the row last_sent_at and a preview. */
static int update_last(struct aws *aws, const struct row_key *key, const struct row *row)
{
	const struct dynamodb_answer *answer;

	return aws_send(aws,
			REQUEST(UpdateItem, row_last, .user = slice_of(key->user),
				.group = slice_of(key->group),
				.last_message_uuid = slice_of(row->last_uuid),
				.created_at = slice_of(row->last_at),
				.preview =
					row->old_text ? slice_of(row->preview) : (struct slice){0}),
			&answer);
}

/*
 * Find the read mark that the unread count of the row implies, and write it into *row. ret_rest:
 * the unread count with it. Returns 0; ERR_INVALID for a damaged message; else as aws_send.
 */
static int find_mark(struct aws *aws, const struct row_key *key, struct row *row, int64_t *ret_rest)
{
	struct item_mark_search search = {
		.other = row->other,
		.left = row->unread,
		.without_deleted = row->read_at[0] != '\0',
	};
	char before[CONVERSATION_TIME_SIZE];
	const struct dynamodb_answer *answer;
	struct item_message message;
	struct slice at = {0};
	int r;

	do {
		r = aws_send(aws,
			     REQUEST(Query, messages_older, .group = slice_of(key->group),
				     .limit = STORE_PAGE_MAX, .before = at),
			     &answer);
		if (r < 0)
			return r;
		for (size_t i = 0; i < answer->count; i++) {
			if (item_read_message(&answer->items[i], &message) < 0)
				return ERR_INVALID;
			if (!item_mark_reached(&search, &message))
				continue;
			*ret_rest = search.unread;
			return slice_copy(message.created_at, row->read_at, sizeof(row->read_at))
				       ? uuid_parse(message.uuid, row->read_uuid)
				       : ERR_INVALID;
		}
		if (answer->count > 0 && !slice_copy(message.created_at, before, sizeof(before)))
			return ERR_INVALID;
		at = slice_of(before);
	} while (answer->last_key.count > 0);
	memcpy(row->read_at, ITEM_NOTHING_READ, sizeof(ITEM_NOTHING_READ));
	*ret_rest = search.unread;
	return 0;
}

/* Give the row the read mark that it implies. */
static int update_mark(struct aws *aws, const struct row_key *key, struct row *row)
{
	const struct dynamodb_answer *answer;
	int64_t rest;
	int r;

	r = find_mark(aws, key, row, &rest);
	if (r < 0)
		return r;
	return aws_send(aws,
			REQUEST(UpdateItem, mark_read, .place = item_place(false),
				.user = slice_of(key->user), .group = slice_of(key->group),
				.read_at = slice_of(row->read_at),
				.message_uuid = row->read_uuid[0] ? slice_of(row->read_uuid)
								  : (struct slice){0},
				.last_message_uuid = slice_of(row->last_uuid),
				.unread = row->unread, .rest = rest),
			&answer);
}

/* Copy the read mark into the row of the other member, unless that has it or a later one. */
static int update_seen(struct aws *aws, const struct row_key *key, const struct row *row,
		       bool *changed)
{
	const struct dynamodb_answer *answer;
	int r;

	r = aws_send(aws,
		     REQUEST(UpdateItem, mark_seen, .other = slice_of(row->other),
			     .group = slice_of(key->group), .read_at = slice_of(row->read_at),
			     .message_uuid = slice_of(row->read_uuid)),
		     &answer);
	*changed |= r == 0;
	return r == ERR_CONDITION ? 0 : r;
}

/* Returns as get_row; ERR_CONDITION when the row has changed since it was read. */
static int update_row(struct aws *aws, const struct row_key *key, bool *changed)
{
	struct row row;
	int r;

	r = get_row(aws, key, &row);
	if (r == 0 && (row.old_text || row.old_time)) {
		r = update_last(aws, key, &row);
		*changed |= r == 0;
	}
	if (r == 0 && !row.read_at[0]) {
		r = update_mark(aws, key, &row);
		*changed |= r == 0;
	}
	if (r == 0 && row.read_uuid[0])
		r = update_seen(aws, key, &row, changed);
	return r;
}

/*
 * Make the read mark and the unread count of a row agree. A worker of the previous release that
 * marks as read sets only the count, and one that deletes leaves the message in it.
 * Returns the exit status. ret_done: false when the row has changed since it was read.
 */
static int settle_once(struct aws *aws, const struct row_key *key, bool *changed, bool *ret_done)
{
	const struct dynamodb_answer *answer;
	struct row row;
	int64_t count;
	int status, r;

	*ret_done = true;
	r = get_row(aws, key, &row);
	if (r == ERR_NOT_FOUND || r == ERR_INVALID)
		return 0;
	if (r < 0)
		return aws_failed(aws);
	status = store_count_unread(aws, key->group, key->user, row.read_at, &count);
	if (status != 0 || count == row.unread)
		return status;
	if (count < row.unread)
		r = aws_send(aws,
			     REQUEST(UpdateItem, row_unread, .user = slice_of(key->user),
				     .group = slice_of(key->group),
				     .read_at = slice_of(row.read_at),
				     .last_message_uuid = slice_of(row.last_uuid),
				     .unread = row.unread, .rest = count),
			     &answer);
	else
		r = update_mark(aws, key, &row);
	*changed |= r == 0;
	if (r == 0 && row.read_uuid[0])
		r = update_seen(aws, key, &row, changed);
	*ret_done = r != ERR_CONDITION;
	return r < 0 && r != ERR_CONDITION ? aws_failed(aws) : 0;
}

/* Bring what was taken from a page up to date. Returns the exit status. */
static int work(struct aws *aws, void *data)
{
	struct page *page = data;
	int status = 0;

	for (size_t i = 0; i < page->rows_count; i++) {
		const struct row_key *key = &page->rows[i];
		bool changed = false, done = false;
		int r;

		do {
			r = update_row(aws, key, &changed);
		} while (r == ERR_CONDITION);
		while (r == 0 && status == 0 && !done)
			status = settle_once(aws, key, &changed, &done);
		if (status != 0)
			return status;
		if (r == ERR_INVALID) {
			page->damaged++;
			aws_fail("the row GRP#%s / GROUP#%s or its conversation is damaged",
				 key->user, key->group);
		} else if (r < 0 && r != ERR_NOT_FOUND) {
			return aws_failed(aws);
		}
		page->rows_changed += changed;
	}
	for (size_t i = 0; status == 0 && i < page->places_count; i += STORE_BATCH_MAX) {
		size_t left = page->places_count - i;

		status = store_put_places(aws, &page->places[i],
					  left < STORE_BATCH_MAX ? left : STORE_BATCH_MAX);
	}
	page->rows_seen += (int64_t)page->rows_count;
	page->places_written += (int64_t)page->places_count;
	page->rows_count = page->places_count = 0;
	return status;
}

int migrate_in_place(struct aws *aws)
{
	const char *table = aws->arguments[0];
	struct page page = {0};
	int status;

	aws->config.messages_table = table;
	status = ddb_need_table(aws, table);
	if (status == 0)
		status = store_each_page(aws, table, take, work, &page);
	if (status != 0)
		return status;
	printf("%s: %" PRId64 " rows, %" PRId64 " of them changed; %" PRId64 " messages, %" PRId64
	       " of them with a place\n",
	       table, page.rows_seen, page.rows_changed, page.messages_seen, page.places_written);
	if (page.damaged > 0)
		return aws_fail("%" PRId64 " rows were not changed; see above", page.damaged);
	return 0;
}
