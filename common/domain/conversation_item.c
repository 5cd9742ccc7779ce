/* conversation_item.c - see conversation_item.h. */
#include "domain/conversation_item.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "limit.h"

static int read_person(const struct item *item, struct item_person *ret_person)
{
	ret_person->display_name = item_string_or(item, "user_display_name", SLICE(""));
	ret_person->handle = item_string_or(item, "user_handle", SLICE(""));
	return item_string(item, "user_uuid", &ret_person->uuid);
}

int item_read_message(const struct item *item, struct item_message *ret_message)
{
	struct item_message message = {0};

	if (item_string(item, "sk", &message.created_at) < 0 ||
	    item_string(item, "message_uuid", &message.uuid) < 0 ||
	    read_person(item, &message.sender) < 0)
		return ERR_INTERNAL;
	if (item_string(item, "deleted_at", &message.deleted_at) < 0 &&
	    item_string(item, "message", &message.text) < 0)
		return ERR_INTERNAL;
	*ret_message = message;
	return 0;
}

struct slice item_preview(struct slice text)
{
	return text.ptr ? text_cut(text, LIMIT_PREVIEW) : text;
}

int item_compare_times(struct slice one, struct slice other)
{
	int order = memcmp(one.ptr, other.ptr, one.len < other.len ? one.len : other.len);

	return order != 0 ? order : (one.len > other.len) - (one.len < other.len);
}

int item_read_row(const struct item *item, struct item_row *ret_row)
{
	static const struct slice missing;
	struct item_row row = {0};

	if (item_string(item, "message_group_uuid", &row.group) < 0 ||
	    item_number(item, "unread_count", &row.unread_count) < 0 ||
	    read_person(item, &row.other) < 0)
		return ERR_INTERNAL;
	row.last_message_at = item_string_or(item, "last_message_at", missing);
	row.last_sent_at = item_string_or(item, "last_sent_at", row.last_message_at);
	if (!row.last_sent_at.ptr)
		return ERR_INTERNAL;
	/* A worker of the previous release sends without setting last_sent_at. */
	if (row.last_message_at.ptr &&
	    item_compare_times(row.last_message_at, row.last_sent_at) > 0)
		row.last_sent_at = row.last_message_at;
	row.last_message_uuid = item_string_or(item, "last_message_uuid", missing);
	row.text = item_preview(item_string_or(item, "message", missing));
	row.read_at = item_string_or(item, "read_at", missing);
	row.read_message_uuid = item_string_or(item, "read_message_uuid", missing);
	row.seen_at = item_string_or(item, "seen_at", missing);
	row.seen_message_uuid = item_string_or(item, "seen_message_uuid", missing);
	if (item_number(item, "pending", &row.pending) < 0)
		row.pending = 0;
	*ret_row = row;
	return 0;
}

struct slice item_place(bool waits)
{
	return waits ? SLICE("REQ") : SLICE("GRP");
}

bool item_mark_reached(struct item_mark_search *search, const struct item_message *message)
{
	if (search->left == 0)
		return true;
	if (slice_is(message->sender.uuid, search->other)) {
		bool deleted = message->deleted_at.len > 0;

		search->left -= !(deleted && search->without_deleted);
		search->unread += !deleted;
	}
	return false;
}

struct item_pair item_pair_of(const char *one, const char *other)
{
	if (strcmp(one, other) < 0)
		return (struct item_pair){slice_of(one), slice_of(other)};
	return (struct item_pair){slice_of(other), slice_of(one)};
}
