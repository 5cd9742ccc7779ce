/* conversation_write.c - changing conversations; see conversation.h. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "domain/conversation.h"
#include "domain/conversation_members.h"
#include "domain/user.h"
#include "web/problem.h"

/* A message on its way into the table. */
struct draft {
	struct ctx *ctx;
	const char *me;
	struct slice text;
	const struct idempotency *key;
	const char *other; /* the recipient's uuid */
	char group[UUID_SIZE];
	int64_t created_us;
	char created_at[CLOCK_TEXT_SIZE];
	char uuid[UUID_SIZE];
	struct names names;	       /* of both, today */
	struct item_person persons[2]; /* me, other */
};

/* Set the draft's instant, and with it the message's uuid. */
static int set_instant(struct draft *draft, int64_t created_us)
{
	draft->created_us = created_us;
	clock_format(created_us, draft->created_at);
	return uuid_v7(created_us, draft->uuid);
}

static struct item_message message_of(const struct draft *draft)
{
	return (struct item_message){
		.uuid = slice_of(draft->uuid),
		.created_at = slice_of(draft->created_at),
		.text = draft->text,
		.sender = draft->persons[0],
	};
}

/* The two wrappers of an item of TransactWriteItems. */
static void begin_write(struct jsonout *out, struct ctx *ctx, const char *operation)
{
	jsonout_object(out);
	jsonout_key(out, operation);
	jsonout_object(out);
	jsonout_member_text(out, "TableName", ctx->config.messages_table);
}

static void end_write(struct jsonout *out)
{
	jsonout_object_end(out);
	jsonout_object_end(out);
}

static void ask_old_item(struct jsonout *out)
{
	jsonout_member_text(out, "ReturnValuesOnConditionCheckFailure", "ALL_OLD");
}

/* What the key has made; counts as absent when it has expired: TTL deletes late. */
static void put_idempotency(struct jsonout *out, const struct draft *draft)
{
	int64_t now_s = clock_now_us() / 1000000;

	begin_write(out, draft->ctx, "Put");
	jsonout_key(out, "Item");
	jsonout_object(out);
	item_put_idempotency_key(out, draft->me, draft->key->key);
	item_put_format(out, "request_digest", "%s", draft->key->request);
	item_put_format(out, "group_uuid", "%s", draft->group);
	item_put_format(out, "created_at", "%s", draft->created_at);
	item_put_number(out, "expires_at", now_s + IDEMPOTENCY_KEEP_S);
	jsonout_object_end(out);
	jsonout_member_text(out, "ConditionExpression",
			    "attribute_not_exists(pk) OR expires_at <= :now");
	jsonout_key(out, "ExpressionAttributeValues");
	jsonout_object(out);
	item_put_number(out, ":now", now_s);
	jsonout_object_end(out);
	ask_old_item(out);
	end_write(out);
}

static void put_message(struct jsonout *out, const struct draft *draft)
{
	struct item_message message = message_of(draft);

	begin_write(out, draft->ctx, "Put");
	jsonout_key(out, "Item");
	jsonout_object(out);
	item_put_message(out, draft->group, &message);
	jsonout_object_end(out);
	jsonout_member_text(out, "ConditionExpression", "attribute_not_exists(pk)");
	end_write(out);
}

/* Bring a row up to date, unless it is missing or already newer. */
static void update_row(struct jsonout *out, const struct draft *draft, const char *user)
{
	begin_write(out, draft->ctx, "Update");
	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_row_key(out, user, draft->group);
	jsonout_object_end(out);
	jsonout_member_text(out, "UpdateExpression",
			    user == draft->me
				    ? "SET last_message_at = :at, last_message_uuid = :uuid, "
				      "message = :text"
				    : "SET last_message_at = :at, last_message_uuid = :uuid, "
				      "message = :text ADD unread_count :one");
	jsonout_member_text(out, "ConditionExpression", "last_message_at < :at");
	jsonout_key(out, "ExpressionAttributeValues");
	jsonout_object(out);
	item_put_format(out, ":at", "%s", draft->created_at);
	item_put_format(out, ":uuid", "%s", draft->uuid);
	item_put_string(out, ":text", draft->text);
	if (user != draft->me)
		item_put_number(out, ":one", 1);
	jsonout_object_end(out);
	ask_old_item(out);
	end_write(out);
}

static void put_row(struct jsonout *out, const struct draft *draft, const char *user,
		    const struct item_person *other, int64_t unread_count)
{
	struct item_message last = message_of(draft);

	begin_write(out, draft->ctx, "Put");
	jsonout_key(out, "Item");
	jsonout_object(out);
	item_put_row(out, user, draft->group, other, &last, unread_count);
	jsonout_object_end(out);
	jsonout_member_text(out, "ConditionExpression", "attribute_not_exists(pk)");
	end_write(out);
}

static void put_pair(struct jsonout *out, const struct draft *draft)
{
	begin_write(out, draft->ctx, "Put");
	jsonout_key(out, "Item");
	jsonout_object(out);
	item_put_pair(out, draft->me, draft->other, draft->group);
	jsonout_object_end(out);
	jsonout_member_text(out, "ConditionExpression", "attribute_not_exists(pk)");
	ask_old_item(out);
	end_write(out);
}

/* Write the message that an idempotency item stands for, as it is now. */
static int replay(struct draft *draft, const struct item *item, struct resp *resp)
{
	char group[UUID_SIZE];
	char created_at[CLOCK_TEXT_SIZE];
	struct slice request, value;
	const struct dynamodb_answer *answer;
	struct item_message message;
	struct jsonout *out;
	int r;

	if (item_string(item, "request_digest", &request) < 0)
		return ERR_INTERNAL;
	if (!slice_is(request, draft->key->request))
		return PROBLEM_IDEMPOTENCY_KEY_REUSED;
	if (item_string(item, "group_uuid", &value) < 0 || uuid_parse(value, group) < 0 ||
	    item_string(item, "created_at", &value) < 0 ||
	    !slice_copy(value, created_at, sizeof(created_at)))
		return ERR_INTERNAL;

	out = conversation_begin_read(draft->ctx);
	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_message_key(out, group, slice_of(created_at));
	jsonout_object_end(out);
	r = dynamodb_send(draft->ctx->dynamodb, "GetItem", &answer);
	if (r < 0)
		return r;
	if (answer->count == 0 || item_read_message(&answer->items[0], &message) < 0)
		return ERR_INTERNAL;
	if (!draft->names.result) {
		struct slice me = slice_of(draft->me);

		r = names_load(draft->ctx->db, &me, 1, &draft->names);
		if (r < 0)
			return r;
	}
	conversation_write_message(resp_json(resp), &message, &draft->names, group);
	return resp_json_end(resp);
}

/*
 * A request that fails now may have succeeded before, when the world was another one: its key
 * still gives that success. Returns `err` when the key has made nothing.
 */
static int replay_known(struct draft *draft, int err, struct resp *resp)
{
	const struct dynamodb_answer *answer;
	struct jsonout *out;
	int64_t expires_s;
	int r;

	if (!draft->key->given)
		return err;
	out = conversation_begin_read(draft->ctx);
	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_idempotency_key(out, draft->me, draft->key->key);
	jsonout_object_end(out);
	r = dynamodb_send(draft->ctx->dynamodb, "GetItem", &answer);
	if (r < 0)
		return r;
	if (answer->count == 0 || item_number(&answer->items[0], "expires_at", &expires_s) < 0 ||
	    expires_s <= clock_now_us() / 1000000)
		return err;
	return replay(draft, &answer->items[0], resp);
}

/* Write the message that was sent. */
static int write_sent(const struct draft *draft, struct resp *resp)
{
	struct item_message message = message_of(draft);

	conversation_write_message(resp_json(resp), &message, &draft->names, draft->group);
	return resp_json_end(resp);
}

/* What a transaction that did not happen asks for. */
enum verdict {
	VERDICT_REPLAY, /* the key has made a message: `item` is its idempotency item */
	VERDICT_LATER,	/* somebody was faster: again, with a later instant */
	VERDICT_PAIRED, /* the two have a group already: `item` is the pair */
	VERDICT_ABSENT, /* a row is missing: not a member */
};

/*
 * The later instant: after what is there, and now. `item` is a row that was newer, or has none of
 * the attributes when only the message's key was taken.
 */
static int64_t later_instant(const struct draft *draft, const struct item *item)
{
	int64_t now_us = clock_now_us();
	int64_t latest_us = draft->created_us;
	struct slice at;
	int64_t at_us;

	if (item_string(item, "last_message_at", &at) == 0 && clock_parse(at, &at_us) == 0 &&
	    at_us > latest_us)
		latest_us = at_us;
	return now_us > latest_us ? now_us : latest_us + 1;
}

/*
 * Judge a failed transaction by the first condition that did not hold; if the key's did not,
 * nothing else matters, and it comes first.
 */
static enum verdict judge(const struct draft *draft, const struct dynamodb_answer *answer,
			  bool starts, const struct item **ret_item)
{
	static const struct item nothing;
	size_t i = 0;

	while (i < answer->reasons_count && answer->reasons[i].reason != REASON_CONDITION)
		i++;
	*ret_item = &nothing;
	if (i == answer->reasons_count)
		return VERDICT_LATER;
	*ret_item = &answer->reasons[i].item;
	if (draft->key->given) {
		if (i == 0)
			return VERDICT_REPLAY;
		i--;
	}
	if (starts)
		return i == 0 ? VERDICT_PAIRED : VERDICT_LATER;
	if (i > 0 && (*ret_item)->count == 0)
		return VERDICT_ABSENT;
	return VERDICT_LATER;
}

/* Send the draft into its group, or (starts) into a group that is made with it. */
static int send_draft(struct draft *draft, bool starts, struct resp *resp)
{
	struct ctx *ctx = draft->ctx;
	const struct dynamodb_answer *answer;
	const struct item *item;
	struct slice group;
	int r;

	r = set_instant(draft, clock_now_us());
	while (r == 0) {
		struct jsonout *out = dynamodb_request(ctx->dynamodb);

		jsonout_key(out, "TransactItems");
		jsonout_array(out);
		if (draft->key->given)
			put_idempotency(out, draft);
		if (starts) {
			put_pair(out, draft);
			put_message(out, draft);
			put_row(out, draft, draft->me, &draft->persons[1], 0);
			put_row(out, draft, draft->other, &draft->persons[0], 1);
		} else {
			put_message(out, draft);
			update_row(out, draft, draft->me);
			update_row(out, draft, draft->other);
		}
		jsonout_array_end(out);
		r = dynamodb_send(ctx->dynamodb, "TransactWriteItems", &answer);
		if (r == 0) {
			conversation_remember(ctx->conversations, draft->group, draft->me,
					      draft->other);
			return write_sent(draft, resp);
		}
		if (r != ERR_CONDITION)
			return r;

		switch (judge(draft, answer, starts, &item)) {
		case VERDICT_REPLAY:
			return replay(draft, item, resp);
		case VERDICT_ABSENT:
			return ERR_NOT_FOUND;
		case VERDICT_PAIRED:
			if (item_string(item, "group_uuid", &group) < 0 ||
			    uuid_parse(group, draft->group) < 0)
				return ERR_INTERNAL;
			starts = false;
			r = set_instant(draft, clock_now_us());
			break;
		case VERDICT_LATER:
			r = set_instant(draft, later_instant(draft, item));
			break;
		}
	}
	return r;
}

static void fill_person(const struct draft *draft, const char *uuid, struct item_person *ret)
{
	*ret = (struct item_person){slice_of(uuid), SLICE(""), SLICE("")};
	names_find(&draft->names, ret->uuid, &ret->handle, &ret->display_name);
}

/* Find the recipient of the draft and its group; ret_starts: there is no group yet. */
static int find_recipient(struct draft *draft, const struct recipient *to, struct resp *resp,
			  char other[UUID_SIZE], bool *ret_starts)
{
	int r;

	*ret_starts = false;
	if (to->group) {
		memcpy(draft->group, to->group, UUID_SIZE);
		return conversation_other(draft->ctx, draft->me, to->group, other);
	}
	r = user_uuid_by_handle(draft->ctx->db, to->handle, other);
	if (r == ERR_NOT_FOUND) {
		resp_add_code(resp, "user_not_found");
		return PROBLEM_INVALID;
	}
	if (r < 0)
		return r;
	if (strcmp(other, draft->me) == 0) {
		resp_add_code(resp, "user_receiver_is_self");
		return PROBLEM_INVALID;
	}
	r = conversation_of_pair(draft->ctx, draft->me, other, draft->group);
	if (r != ERR_NOT_FOUND)
		return r;
	*ret_starts = true;
	return uuid_v4(draft->group);
}

int conversation_send(struct ctx *ctx, const char *me, const struct recipient *to,
		      struct slice text, const struct idempotency *key, struct resp *resp)
{
	struct draft draft = {.ctx = ctx, .me = me, .text = text, .key = key};
	char other[UUID_SIZE];
	struct slice both[2];
	bool starts;
	int r;

	r = find_recipient(&draft, to, resp, other, &starts);
	if (r == 0) {
		draft.other = other;
		both[0] = slice_of(me);
		both[1] = slice_of(other);
		r = names_load(ctx->db, both, 2, &draft.names);
	}
	if (r == 0) {
		fill_person(&draft, me, &draft.persons[0]);
		fill_person(&draft, other, &draft.persons[1]);
		r = send_draft(&draft, starts, resp);
	}
	if (r == ERR_NOT_FOUND || r == PROBLEM_INVALID)
		r = replay_known(&draft, r, resp);
	names_dispose(&draft.names);
	return r;
}

int conversation_read(struct ctx *ctx, const char *me, const char *group, const char *message)
{
	struct jsonout *out = conversation_begin(ctx);
	const struct dynamodb_answer *answer;
	int r;

	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_row_key(out, me, group);
	jsonout_object_end(out);
	jsonout_member_text(out, "UpdateExpression", "SET unread_count = :none");
	jsonout_member_text(out, "ConditionExpression", "last_message_uuid = :uuid");
	jsonout_key(out, "ExpressionAttributeValues");
	jsonout_object(out);
	item_put_number(out, ":none", 0);
	item_put_format(out, ":uuid", "%s", message);
	jsonout_object_end(out);
	ask_old_item(out);
	r = dynamodb_send(ctx->dynamodb, "UpdateItem", &answer);
	if (r != ERR_CONDITION)
		return r;
	return answer->attributes.count ? PROBLEM_READ_STALE : ERR_NOT_FOUND;
}

/* Turn the message into a tombstone; a second time changes nothing. */
static void bury_message(struct jsonout *out, struct ctx *ctx, const char *group,
			 const struct item_message *message, const char *now)
{
	begin_write(out, ctx, "Update");
	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_message_key(out, group, message->created_at);
	jsonout_object_end(out);
	jsonout_member_text(out, "UpdateExpression",
			    "SET deleted_at = if_not_exists(deleted_at, :now) REMOVE message");
	jsonout_member_text(out, "ConditionExpression", "message_uuid = :uuid");
	jsonout_key(out, "ExpressionAttributeValues");
	jsonout_object(out);
	item_put_format(out, ":now", "%s", now);
	item_put_string(out, ":uuid", message->uuid);
	jsonout_object_end(out);
	end_write(out);
}

/* Take the text out of a row, as long as this message is its last one. */
static void bury_in_row(struct jsonout *out, struct ctx *ctx, const char *user, const char *group,
			const char *message)
{
	begin_write(out, ctx, "Update");
	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_row_key(out, user, group);
	jsonout_object_end(out);
	jsonout_member_text(out, "UpdateExpression", "REMOVE message");
	jsonout_member_text(out, "ConditionExpression", "last_message_uuid = :uuid");
	jsonout_key(out, "ExpressionAttributeValues");
	jsonout_object(out);
	item_put_format(out, ":uuid", "%s", message);
	jsonout_object_end(out);
	end_write(out);
}

int conversation_delete(struct ctx *ctx, const char *me, const char *group, const char *message)
{
	char now[CLOCK_TEXT_SIZE];
	char created_at[64];
	char other[UUID_SIZE];
	const struct dynamodb_answer *answer;
	struct item_message found;
	struct item_row row;
	bool newest;
	int r;

	r = conversation_get_row(ctx, me, group, &row);
	if (r < 0)
		return r;
	newest = slice_is(row.last_message_uuid, message);
	if (uuid_parse(row.other.uuid, other) < 0)
		return ERR_INTERNAL;
	r = conversation_find_message(ctx, group, message, &found);
	if (r < 0)
		return r;
	if (!slice_is(found.sender.uuid, me))
		return PROBLEM_FORBIDDEN;
	if (found.deleted_at.len)
		return 0;
	/* what was found is borrowed from an answer that the next request forgets */
	if (!slice_copy(found.created_at, created_at, sizeof(created_at)))
		return ERR_INTERNAL;
	found = (struct item_message){.uuid = slice_of(message),
				      .created_at = slice_of(created_at)};
	clock_format(clock_now_us(), now);
	for (;;) {
		struct jsonout *out = dynamodb_request(ctx->dynamodb);

		jsonout_key(out, "TransactItems");
		jsonout_array(out);
		bury_message(out, ctx, group, &found, now);
		if (newest) {
			bury_in_row(out, ctx, me, group, message);
			bury_in_row(out, ctx, other, group, message);
		}
		jsonout_array_end(out);
		r = dynamodb_send(ctx->dynamodb, "TransactWriteItems", &answer);
		if (r != ERR_CONDITION || !newest)
			return r == ERR_CONDITION ? ERR_NOT_FOUND : r;
		newest = false; /* a newer one came meanwhile; this one is never the last again */
	}
}
