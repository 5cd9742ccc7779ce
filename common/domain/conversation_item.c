/* conversation_item.c - see conversation_item.h. */
#include "domain/conversation_item.h"

#include <string.h>

#include "base/err.h"

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

int item_read_row(const struct item *item, struct item_row *ret_row)
{
	struct item_row row = {0};

	if (item_string(item, "message_group_uuid", &row.group) < 0 ||
	    item_string(item, "last_message_at", &row.last_message_at) < 0 ||
	    item_number(item, "unread_count", &row.unread_count) < 0 ||
	    read_person(item, &row.other) < 0)
		return ERR_INTERNAL;
	row.text = item_string_or(item, "message", (struct slice){0});
	row.last_message_uuid = item_string_or(item, "last_message_uuid", (struct slice){0});
	*ret_row = row;
	return 0;
}

struct item_pair item_pair_of(const char *one, const char *other)
{
	if (strcmp(one, other) < 0)
		return (struct item_pair){slice_of(one), slice_of(other)};
	return (struct item_pair){slice_of(other), slice_of(one)};
}
