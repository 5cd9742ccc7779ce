/* conversation_item.c - see conversation_item.h. */
#include "domain/conversation_item.h"

#include <string.h>

#include "base/err.h"

void item_put_message_key(struct jsonout *out, const char *group, struct slice created_at)
{
	item_put_format(out, "pk", "MSG#%s", group);
	item_put_string(out, "sk", created_at);
}

void item_put_row_key(struct jsonout *out, const char *user, const char *group)
{
	item_put_format(out, "pk", "GRP#%s", user);
	item_put_format(out, "sk", "GROUP#%s", group);
}

void item_put_pair_key(struct jsonout *out, const char *user, const char *other)
{
	bool sorted = strcmp(user, other) < 0;

	item_put_format(out, "pk", "PAIR#%s#%s", sorted ? user : other, sorted ? other : user);
	item_put_string(out, "sk", SLICE("PAIR"));
}

void item_put_idempotency_key(struct jsonout *out, const char *user, const char *key_digest)
{
	item_put_format(out, "pk", "IDEM#%s#%s", user, key_digest);
	item_put_string(out, "sk", SLICE("IDEM"));
}

static void put_person(struct jsonout *out, const struct item_person *person)
{
	item_put_string(out, "user_uuid", person->uuid);
	item_put_string(out, "user_display_name", person->display_name);
	item_put_string(out, "user_handle", person->handle);
}

static int read_person(const struct item *item, struct item_person *ret)
{
	ret->handle = ret->display_name = SLICE("");
	(void)item_string(item, "user_display_name", &ret->display_name);
	(void)item_string(item, "user_handle", &ret->handle);
	return item_string(item, "user_uuid", &ret->uuid);
}

void item_put_message(struct jsonout *out, const char *group, const struct item_message *message)
{
	item_put_message_key(out, group, message->created_at);
	item_put_string(out, "message_uuid", message->uuid);
	item_put_string(out, "message", message->text);
	put_person(out, &message->sender);
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

void item_put_row(struct jsonout *out, const char *user, const char *group,
		  const struct item_person *other, const struct item_message *last,
		  int64_t unread_count)
{
	item_put_row_key(out, user, group);
	item_put_format(out, "message_group_uuid", "%s", group);
	item_put_string(out, "last_message_at", last->created_at);
	item_put_string(out, "last_message_uuid", last->uuid);
	item_put_string(out, "message", last->text);
	item_put_number(out, "unread_count", unread_count);
	put_person(out, other);
}

int item_read_row(const struct item *item, struct item_row *ret_row)
{
	struct item_row row = {0};

	if (item_string(item, "message_group_uuid", &row.group) < 0 ||
	    item_string(item, "last_message_at", &row.last_message_at) < 0 ||
	    item_number(item, "unread_count", &row.unread_count) < 0 ||
	    read_person(item, &row.other) < 0)
		return ERR_INTERNAL;
	if (item_string(item, "message", &row.text) < 0)
		row.text = (struct slice){0};
	if (item_string(item, "last_message_uuid", &row.last_message_uuid) < 0)
		row.last_message_uuid = (struct slice){0};
	*ret_row = row;
	return 0;
}

void item_put_pair(struct jsonout *out, const char *user, const char *other, const char *group)
{
	item_put_pair_key(out, user, other);
	item_put_format(out, "group_uuid", "%s", group);
}
