/* conversation_members.c - see conversation_members.h. */
#include "domain/conversation_members.h"

#include <stdlib.h>
#include <string.h>

#include "base/cache.h"
#include "base/clock.h"
#include "base/err.h"

/* How far back a message with an id of the original's kind is looked for: 1 MB each. */
#define MESSAGE_SEARCH_PAGES 8

/* What is remembered of a conversation: the uuids of both people, one after the other. */
#define UUID_LEN     (UUID_SIZE - 1)
#define MEMBERS_SIZE (2 * UUID_LEN + 1)

void conversation_remember(struct cache *conversations, const char *group, const char *me,
			   const char *other)
{
	char members[MEMBERS_SIZE];

	memcpy(members, me, UUID_LEN);
	memcpy(members + UUID_LEN, other, UUID_SIZE);
	cache_put(conversations, group, members);
}

struct jsonout *conversation_begin(struct ctx *ctx)
{
	struct jsonout *out = dynamodb_request(ctx->dynamodb);

	jsonout_member_text(out, "TableName", ctx->config.messages_table);
	return out;
}

struct jsonout *conversation_begin_read(struct ctx *ctx)
{
	struct jsonout *out = conversation_begin(ctx);

	jsonout_member_bool(out, "ConsistentRead", true);
	return out;
}

/* Send the GetItem that was written. Returns 0; ERR_NOT_FOUND when there is no such item. */
static int get_item(struct ctx *ctx, const struct item **ret_item)
{
	const struct dynamodb_answer *answer;
	int r;

	r = dynamodb_send(ctx->dynamodb, "GetItem", &answer);
	if (r < 0)
		return r;
	if (answer->count == 0)
		return ERR_NOT_FOUND;
	*ret_item = &answer->items[0];
	return 0;
}

int conversation_get_row(struct ctx *ctx, const char *user, const char *group,
			 struct item_row *ret_row)
{
	struct jsonout *out = conversation_begin_read(ctx);
	const struct item *item;
	int r;

	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_row_key(out, user, group);
	jsonout_object_end(out);
	r = get_item(ctx, &item);
	return r < 0 ? r : item_read_row(item, ret_row);
}

int conversation_of_pair(struct ctx *ctx, const char *me, const char *other,
			 char ret_group[UUID_SIZE])
{
	struct jsonout *out = conversation_begin_read(ctx);
	const struct item *item;
	struct slice group;
	int r;

	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_pair_key(out, me, other);
	jsonout_object_end(out);
	r = get_item(ctx, &item);
	if (r < 0)
		return r;
	if (item_string(item, "group_uuid", &group) < 0 || uuid_parse(group, ret_group) < 0)
		return ERR_INTERNAL;
	return 0;
}

int conversation_other(struct ctx *ctx, const char *me, const char *group,
		       char ret_other[UUID_SIZE])
{
	const char *members = cache_get(ctx->conversations, group);
	struct item_row row;
	int r;

	if (members) {
		const char *first = members;
		const char *second = members + UUID_LEN;

		if (memcmp(first, me, UUID_LEN) == 0)
			memcpy(ret_other, second, UUID_LEN);
		else if (memcmp(second, me, UUID_LEN) == 0)
			memcpy(ret_other, first, UUID_LEN);
		else
			return ERR_NOT_FOUND;
		ret_other[UUID_LEN] = '\0';
		return 0;
	}
	r = conversation_get_row(ctx, me, group, &row);
	if (r < 0)
		return r;
	if (uuid_parse(row.other.uuid, ret_other) < 0)
		return ERR_INTERNAL;
	conversation_remember(ctx->conversations, group, me, ret_other);
	return 0;
}

/* Find a message whose uuid does not tell its time. */
static int search_message(struct ctx *ctx, const char *group, const char *uuid,
			  struct item_message *ret_message)
{
	char before[64] = "";

	for (int page = 0; page < MESSAGE_SEARCH_PAGES; page++) {
		struct jsonout *out = conversation_begin_read(ctx);
		const struct dynamodb_answer *answer;
		struct slice last;
		int r;

		jsonout_member_bool(out, "ScanIndexForward", false);
		jsonout_member_text(out, "KeyConditionExpression",
				    *before ? "pk = :pk AND sk < :before" : "pk = :pk");
		jsonout_member_text(out, "FilterExpression", "message_uuid = :uuid");
		jsonout_key(out, "ExpressionAttributeValues");
		jsonout_object(out);
		item_put_format(out, ":pk", "MSG#%s", group);
		item_put_format(out, ":uuid", "%s", uuid);
		if (*before)
			item_put_format(out, ":before", "%s", before);
		jsonout_object_end(out);
		r = dynamodb_send(ctx->dynamodb, "Query", &answer);
		if (r < 0)
			return r;
		if (answer->count)
			return item_read_message(&answer->items[0], ret_message);
		if (item_string(&answer->last_key, "sk", &last) < 0 ||
		    !slice_copy(last, before, sizeof(before)))
			return ERR_NOT_FOUND;
	}
	return ERR_NOT_FOUND;
}

int conversation_find_message(struct ctx *ctx, const char *group, const char *uuid,
			      struct item_message *ret_message)
{
	char created_at[CLOCK_TEXT_SIZE];
	struct item_message message;
	const struct item *item;
	struct jsonout *out;
	int64_t created_us;
	int r;

	if (uuid_v7_time(uuid, &created_us) < 0)
		return search_message(ctx, group, uuid, ret_message);
	clock_format(created_us, created_at);
	out = conversation_begin_read(ctx);
	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_message_key(out, group, slice_of(created_at));
	jsonout_object_end(out);
	r = get_item(ctx, &item);
	if (r == 0)
		r = item_read_message(item, &message);
	if (r < 0)
		return r;
	if (!slice_is(message.uuid, uuid))
		return ERR_NOT_FOUND;
	*ret_message = message;
	return 0;
}

void conversation_write_message(struct jsonout *out, const struct item_message *message,
				const struct names *names, const char *group)
{
	struct slice handle = message->sender.handle;
	struct slice display_name = message->sender.display_name;

	names_find(names, message->sender.uuid, &handle, &display_name);
	jsonout_object(out);
	if (group)
		jsonout_member_text(out, "message_group_uuid", group);
	jsonout_member_string(out, "uuid", message->uuid);
	jsonout_member_string(out, "display_name", display_name);
	jsonout_member_string(out, "handle", handle);
	jsonout_member_optional(out, "message", message->text);
	jsonout_member_string(out, "created_at", message->created_at);
	if (message->deleted_at.len)
		jsonout_member_string(out, "deleted_at", message->deleted_at);
	jsonout_object_end(out);
}
