/* conversation_members.c - see conversation_members.h. */
#include "domain/conversation_members.h"

#include <string.h>

#include "aws/dynamodb.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/handle.h"
#include "requests.h"

/* A value of the cache of conversations: the uuids of both members, one after the other. */
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

int conversation_get_row(struct ctx *ctx, const char *user, const char *group,
			 struct item_row *ret_row)
{
	/* A row that moves between the first two reads is where it was looked for first. */
	static const bool places[] = {false, true, false};
	const struct dynamodb_answer *answer;
	int r;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		r = dynamodb_send(ctx->dynamodb,
				  REQUEST(GetItem, row, .user = slice_of(user),
					  .group = slice_of(group), .waits = places[i]),
				  &answer);
		if (r < 0)
			return r;
		if (answer->count == 0)
			continue;
		r = item_read_row(&answer->items[0], ret_row);
		if (r == 0)
			ret_row->waits = places[i];
		return r;
	}
	return ERR_NOT_FOUND;
}

enum waiting conversation_waiting(const struct item_row *row)
{
	if (row->waits)
		return WAITING_FOR_ME;
	return row->pending > 0 ? WAITING_FOR_OTHER : WAITING_FOR_NOBODY;
}

int conversation_of_pair(struct ctx *ctx, const char *me, const char *other,
			 char ret_group[UUID_SIZE])
{
	const struct item_pair pair = item_pair_of(me, other);
	const struct dynamodb_answer *answer;
	struct slice group;
	int r;

	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(GetItem, pair, .lower = pair.lower, .higher = pair.higher),
			  &answer);
	if (r < 0)
		return r;
	if (answer->count == 0)
		return ERR_NOT_FOUND;
	if (item_string(&answer->items[0], "group_uuid", &group) < 0)
		return ERR_NOT_FOUND;
	return uuid_parse(group, ret_group) < 0 ? ERR_INTERNAL : 0;
}

/*
 * Change the row of `member`, wherever it is. One that moves between the first two looks is where
 * it was looked for first; a row that is missing takes no message, so it needs no block.
 */
static int set_blocking_row(struct ctx *ctx, const char *me, const char *member, const char *group,
			    bool blocks)
{
	static const bool places[] = {false, true, false};
	const struct dynamodb_answer *answer;
	int r = ERR_CONDITION;

	for (size_t i = 0; r == ERR_CONDITION && i < sizeof(places) / sizeof(places[0]); i++)
		r = dynamodb_send(ctx->dynamodb,
				  REQUEST(UpdateItem, block_row, .place = item_place(places[i]),
					  .member = slice_of(member), .group = slice_of(group),
					  .user = slice_of(me), .blocks = blocks),
				  &answer);
	return r == ERR_CONDITION ? 0 : r;
}

static int set_blocking_rows(struct ctx *ctx, const char *me, const char *other, const char *group,
			     bool blocks)
{
	const char *const members[] = {me, other};
	int r = 0;

	for (size_t i = 0; r == 0 && i < 2; i++)
		r = set_blocking_row(ctx, me, members[i], group, blocks);
	return r;
}

int conversation_set_blocking(struct ctx *ctx, const char *me, const char *other, bool blocks)
{
	const struct item_pair pair = item_pair_of(me, other);
	const struct dynamodb_answer *answer;
	char group[UUID_SIZE];
	int r;

	r = conversation_of_pair(ctx, me, other, group);
	if (r == ERR_NOT_FOUND) {
		r = dynamodb_send(ctx->dynamodb,
				  REQUEST(UpdateItem, block_pair, .lower = pair.lower,
					  .higher = pair.higher, .user = slice_of(me),
					  .blocks = blocks),
				  &answer);
		if (r != ERR_CONDITION)
			return r;
		/* A conversation has begun, or there is no pair from which to remove a block. */
		r = conversation_of_pair(ctx, me, other, group);
		if (r == ERR_NOT_FOUND)
			return 0;
	}
	return r < 0 ? r : set_blocking_rows(ctx, me, other, group, blocks);
}

/* The other one of two members in the cache. Returns 0; ERR_NOT_FOUND when `me` is neither. */
static int other_of(const char *members, const char *me, char ret_other[UUID_SIZE])
{
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

int conversation_other_member(struct ctx *ctx, const char *me, const char *group,
			      char ret_other[UUID_SIZE], enum waiting *ret_waiting)
{
	const char *members = cache_get(ctx->conversations, group);
	struct item_row row;
	int r;

	if (members) {
		*ret_waiting = WAITING_FOR_NOBODY;
		return other_of(members, me, ret_other);
	}
	r = conversation_get_row(ctx, me, group, &row);
	if (r < 0)
		return r;
	if (uuid_parse(row.other.uuid, ret_other) < 0)
		return ERR_INTERNAL;
	*ret_waiting = conversation_waiting(&row);
	if (*ret_waiting == WAITING_FOR_NOBODY)
		conversation_remember(ctx->conversations, group, me, ret_other);
	return 0;
}

static int copy_found(const struct item *item, const char *me, const char *uuid,
		      struct message_found *ret_found)
{
	struct item_message message;
	int r;

	r = item_read_message(item, &message);
	if (r < 0)
		return r;
	if (!slice_is(message.uuid, uuid))
		return ERR_NOT_FOUND;
	if (!slice_copy(message.created_at, ret_found->created_at, sizeof(ret_found->created_at)) ||
	    !slice_copy(message.deleted_at, ret_found->deleted_at, sizeof(ret_found->deleted_at)))
		return ERR_INTERNAL;
	ret_found->by_me = slice_is(message.sender.uuid, me);
	return 0;
}

int conversation_find_place(struct ctx *ctx, const char *group, const char *uuid,
			    char ret_at[CONVERSATION_TIME_SIZE])
{
	const struct dynamodb_answer *answer;
	struct slice created_at;
	int64_t us;
	int r;

	if (uuid_v7_time(uuid, &us) == 0) {
		clock_format(us, ret_at);
		return 0;
	}
	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(GetItem, place, .group = slice_of(group),
				  .message_uuid = slice_of(uuid)),
			  &answer);
	if (r < 0)
		return r;
	if (answer->count == 0)
		return ERR_NOT_FOUND;
	if (item_string(&answer->items[0], "created_at", &created_at) < 0 ||
	    !slice_copy(created_at, ret_at, CONVERSATION_TIME_SIZE))
		return ERR_INTERNAL;
	return 0;
}

int conversation_find_message(struct ctx *ctx, const char *me, const char *group, const char *uuid,
			      struct message_found *ret_found)
{
	const struct dynamodb_answer *answer;
	char at[CONVERSATION_TIME_SIZE];
	int r;

	r = conversation_find_place(ctx, group, uuid, at);
	if (r < 0)
		return r;
	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(GetItem, message, .group = slice_of(group),
				  .created_at = slice_of(at)),
			  &answer);
	if (r < 0)
		return r;
	return answer->count ? copy_found(&answer->items[0], me, uuid, ret_found) : ERR_NOT_FOUND;
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
	if (handle_deleted(handle))
		jsonout_member_bool(out, "deleted", true);
	jsonout_member_optional(out, "message", message->text);
	jsonout_member_string(out, "created_at", message->created_at);
	if (message->deleted_at.len)
		jsonout_member_string(out, "deleted_at", message->deleted_at);
	jsonout_object_end(out);
}
