/* conversation_write.c - sending messages; see conversation.h. */
#include <string.h>

#include "aws/dynamodb.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/handle.h"
#include "domain/conversation.h"
#include "domain/conversation_members.h"
#include "domain/publish.h"
#include "domain/quota.h"
#include "domain/settings.h"
#include "domain/user.h"
#include "limit.h"
#include "requests.h"
#include "web/problem.h"

/* A message that the members are told of. */
struct announcement {
	const char *me, *other, *group;
	bool begins; /* the conversation, perhaps */
	bool waits;  /* for the other member, who is told of the conversation only */
};

/* Tell the members of the message that is in the response. */
static void announce(struct ctx *ctx, const struct announcement *announcement,
		     const struct resp *resp)
{
	const char *members[] = {announcement->me, announcement->other};

	if (announcement->begins || announcement->waits)
		conversation_publish(ctx, members, 2, announcement->group);
	publish(ctx, PUBLISH_MESSAGE, members, announcement->waits ? 1 : 2, buf_slice(&resp->body));
}

/* --- a message that an idempotency key has created ------------------------------------------- */

/* Write the message that an idempotency item names, as it is now. */
static int replay(struct ctx *ctx, const char *me, const struct idempotency *key,
		  const struct item *item, struct resp *resp)
{
	char group[UUID_SIZE];
	char other[UUID_SIZE];
	char created_at[CLOCK_TEXT_SIZE];
	enum waiting waiting;
	names_auto names = {0};
	const struct dynamodb_answer *answer;
	struct slice request, value;
	struct item_message message;
	int r;

	if (item_string(item, "request_digest", &request) < 0)
		return ERR_INTERNAL;
	if (!slice_is(request, key->request))
		return PROBLEM_IDEMPOTENCY_KEY_REUSED;
	if (item_string(item, "group_uuid", &value) < 0 || uuid_parse(value, group) < 0 ||
	    item_string(item, "created_at", &value) < 0 ||
	    !slice_copy(value, created_at, sizeof(created_at)))
		return ERR_INTERNAL;

	r = names_load(ctx->db, (struct slice[]){slice_of(me)}, 1, &names);
	if (r < 0)
		return r;
	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(GetItem, message, .group = slice_of(group),
				  .created_at = slice_of(created_at)),
			  &answer);
	if (r < 0)
		return r;
	if (answer->count == 0 || item_read_message(&answer->items[0], &message) < 0)
		return ERR_INTERNAL;
	conversation_write_message(resp_json(resp), &message, &names, group);
	r = resp_json_end(resp);
	if (r < 0)
		return r;
	if (!publish_possible(ctx))
		return 0;
	/* The handle that it was sent to may be somebody else's by now: ask the conversation. */
	if (conversation_other_member(ctx, me, group, other, &waiting) < 0) {
		publish_lost(ctx);
		return 0;
	}
	announce(ctx,
		 &(struct announcement){.me = me,
					.other = other,
					.group = group,
					.begins = true,
					.waits = waiting == WAITING_FOR_OTHER},
		 resp);
	return 0;
}

/*
 * A request that fails now may have succeeded on an earlier attempt; if its key recorded a success,
 * write that. Returns 0; `err` when the key recorded nothing.
 */
static int replay_known(struct ctx *ctx, const char *me, const struct idempotency *key, int err,
			struct resp *resp)
{
	const struct dynamodb_answer *answer;
	int64_t expires_s;
	int r;

	if (!key->given)
		return err;
	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(GetItem, idempotency, .user = slice_of(me),
				  .key = slice_of(key->key)),
			  &answer);
	if (r < 0)
		return r;
	if (answer->count == 0 || item_number(&answer->items[0], "expires_at", &expires_s) < 0 ||
	    expires_s <= clock_now_us() / 1000000)
		return err;
	return replay(ctx, me, key, &answer->items[0], resp);
}

/* --- sending a message ----------------------------------------------------------------------- */

/* The two people of a conversation. */
struct parties {
	const char *me;
	char other[UUID_SIZE];
	char group[UUID_SIZE];
	bool starts; /* they have no conversation yet; `group` is its uuid when it is made */
	bool waits;  /* the other one has not accepted it, as far as is known */
	struct names names;
	struct item_person sender, receiver; /* me and other, borrowed from the members above */
};

/* The time of a message, and the version 7 uuid that contains it. */
struct instant {
	int64_t us; /* since 1970 */
	char created_at[CLOCK_TEXT_SIZE];
	char uuid[UUID_SIZE];
};

static int set_instant(struct instant *instant, int64_t us)
{
	instant->us = us;
	clock_format(us, instant->created_at);
	return uuid_v7(us, instant->uuid);
}

/* A text of the idempotency key, for a hole; no text when the request has no key. */
static struct slice text_of_key(const struct idempotency *key, const char *text)
{
	return key->given ? slice_of(text) : (struct slice){0};
}

/*
 * Write the message, and the conversation if it starts. ret_answer: written on success and
 * ERR_CONDITION.
 */
static int put_message(struct ctx *ctx, const struct parties *parties,
		       const struct instant *instant, struct slice text,
		       const struct idempotency *key, const struct dynamodb_answer **ret_answer)
{
	const struct item_pair pair = item_pair_of(parties->me, parties->other);
	int64_t now_s = clock_now_us() / 1000000;

#define MESSAGE_HOLES                                                                              \
	.group = slice_of(parties->group), .starts = parties->starts, .lower = pair.lower,         \
	.higher = pair.higher, .user = parties->sender.uuid,                                       \
	.user_handle = parties->sender.handle, .user_display_name = parties->sender.display_name,  \
	.other = parties->receiver.uuid, .other_handle = parties->receiver.handle,                 \
	.other_display_name = parties->receiver.display_name,                                      \
	.message_uuid = slice_of(instant->uuid), .created_at = slice_of(instant->created_at),      \
	.message = text, .preview = item_preview(text), .read_at = SLICE(ITEM_NOTHING_READ),       \
	.key = text_of_key(key, key->key), .request_digest = text_of_key(key, key->request),       \
	.now_s = now_s, .expires_s = now_s + IDEMPOTENCY_KEEP_S

	if (parties->waits)
		return dynamodb_send(ctx->dynamodb,
				     REQUEST(TransactWriteItems, request, MESSAGE_HOLES,
					     .most = LIMIT_REQUEST_MESSAGES),
				     ret_answer);
	return dynamodb_send(ctx->dynamodb, REQUEST(TransactWriteItems, send, MESSAGE_HOLES),
			     ret_answer);
#undef MESSAGE_HOLES
}

/* Write the message that was sent into the response. */
static int write_sent(const struct parties *parties, const struct instant *instant,
		      struct slice text, struct resp *resp)
{
	const struct item_message message = {
		.uuid = slice_of(instant->uuid),
		.created_at = slice_of(instant->created_at),
		.text = text,
		.sender = parties->sender,
	};

	conversation_write_message(resp_json(resp), &message, &parties->names, parties->group);
	return resp_json_end(resp);
}

/* Why a transaction was cancelled. */
enum cause {
	CAUSE_KEY,	 /* the key has created a message: `item` is its idempotency item */
	CAUSE_PAIR,	 /* the two have a conversation already: `item` is their pair */
	CAUSE_CLOSED,	 /* one of the two blocks the other */
	CAUSE_MINE,	 /* the sender's row is missing: not a member, or it waits for the sender */
	CAUSE_STRANGER,	 /* the other row is missing */
	CAUSE_WAITING,	 /* the other one has not accepted, or has: `item` is the sender's row */
	CAUSE_FULL,	 /* … and the sender has sent all that may wait */
	CAUSE_OVERTAKEN, /* there is a message at this time or later: `item` may be a newer row */
};

/* Why the sender's row, which is `item`, was not as the transaction needs it. */
static enum cause cause_of_mine(const struct item *item, bool waits)
{
	int64_t pending;

	if (item->count == 0)
		return CAUSE_MINE;
	if (item_number(item, "pending", &pending) < 0)
		return waits ? CAUSE_WAITING : CAUSE_OVERTAKEN;
	if (pending >= LIMIT_REQUEST_MESSAGES)
		return CAUSE_FULL;
	return waits ? CAUSE_OVERTAKEN : CAUSE_WAITING;
}

/*
 * The cause is the first condition that failed, in the order of the TransactItems of send.json and
 * request.json: the idempotency item if there is a key; the pair if the conversation starts; the
 * rows; the message.
 */
static enum cause cause_of(const struct dynamodb_answer *answer, bool with_key,
			   const struct parties *parties, const struct item **ret_item)
{
	static const struct item no_item;
	size_t i = 0;

	while (i < answer->reasons_count && answer->reasons[i].reason != REASON_CONDITION)
		i++;
	*ret_item = &no_item;
	if (i == answer->reasons_count)
		return CAUSE_OVERTAKEN;
	*ret_item = &answer->reasons[i].item;
	if (with_key && i == 0)
		return CAUSE_KEY;
	if (with_key)
		i--;
	if (item_has(*ret_item, "blocked_by"))
		return CAUSE_CLOSED;
	if (parties->starts)
		return i == 0 ? CAUSE_PAIR : CAUSE_OVERTAKEN;
	if (i == 0)
		return cause_of_mine(*ret_item, parties->waits);
	return i == 1 && (*ret_item)->count == 0 ? CAUSE_STRANGER : CAUSE_OVERTAKEN;
}

/* An instant after the last one and after those of `row`, if it has any: now, if that is later. */
static int64_t later_than(const struct instant *last, const struct item *row)
{
	static const char *const times[] = {"last_message_at", "last_sent_at"};
	int64_t now_us = clock_now_us();
	int64_t latest_us = last->us;
	struct slice at;
	int64_t at_us;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (item_string(row, times[i], &at) == 0 && clock_parse(at, &at_us) == 0 &&
		    at_us > latest_us)
			latest_us = at_us;
	return now_us > latest_us ? now_us : latest_us + 1;
}

/* Go on with the conversation that a pair names. */
static int join(struct parties *parties, const struct item *pair)
{
	struct slice group;

	if (item_string(pair, "group_uuid", &group) < 0 || uuid_parse(group, parties->group) < 0)
		return ERR_INTERNAL;
	parties->starts = false;
	parties->waits = false;
	return 0;
}

/* Answer the person who waits for an answer: the conversation is accepted. */
static int accept(struct ctx *ctx, struct parties *parties)
{
	int r;

	r = conversation_take_in(ctx, parties->me, parties->group);
	if (r < 0)
		return r;
	conversation_publish(ctx, (const char *[]){parties->me, parties->other}, 2, parties->group);
	return 0;
}

/* The message is written: remember, write and tell that. */
static int finish(struct ctx *ctx, const struct parties *parties, const struct instant *instant,
		  struct slice text, struct resp *resp)
{
	int r;

	if (!parties->waits)
		conversation_remember(ctx->conversations, parties->group, parties->me,
				      parties->other);
	r = write_sent(parties, instant, text, resp);
	if (r < 0)
		return r;
	announce(ctx,
		 &(struct announcement){.me = parties->me,
					.other = parties->other,
					.group = parties->group,
					.begins = parties->starts,
					.waits = parties->waits},
		 resp);
	return 0;
}

/* Write the message, at a later time as long as others are faster. */
static int write_at_last(struct ctx *ctx, struct parties *parties, struct slice text,
			 const struct idempotency *key, struct resp *resp)
{
	const struct dynamodb_answer *answer;
	const struct item *item;
	struct instant instant;
	int r;

	r = set_instant(&instant, clock_now_us());
	while (r == 0) {
		r = put_message(ctx, parties, &instant, text, key, &answer);
		if (r == 0)
			return finish(ctx, parties, &instant, text, resp);
		if (r != ERR_CONDITION)
			return r;

		switch (cause_of(answer, key->given, parties, &item)) {
		case CAUSE_KEY:
			parties->starts = false;
			return replay(ctx, parties->me, key, item, resp);
		case CAUSE_CLOSED:
			return PROBLEM_CONVERSATION_CLOSED;
		case CAUSE_STRANGER:
			return ERR_NOT_FOUND;
		case CAUSE_FULL:
			return PROBLEM_REQUEST_PENDING;
		case CAUSE_WAITING:
			parties->waits = !parties->waits;
			r = set_instant(&instant, later_than(&instant, item));
			break;
		case CAUSE_MINE:
			r = accept(ctx, parties);
			if (r == 0)
				r = set_instant(&instant, clock_now_us());
			break;
		case CAUSE_PAIR:
			r = join(parties, item);
			if (r == 0)
				r = set_instant(&instant, clock_now_us());
			break;
		case CAUSE_OVERTAKEN:
			r = set_instant(&instant, later_than(&instant, item));
			break;
		}
	}
	return r;
}

/* Write the message. A first message takes from the quota of new people if it is written. */
static int write_message(struct ctx *ctx, struct parties *parties, struct slice text,
			 const struct idempotency *key, struct resp *resp)
{
	bool first = parties->starts;
	int r;

	if (first) {
		r = quota_take(ctx, parties->me, QUOTA_NEW_PEOPLE, resp);
		if (r < 0)
			return r;
	}
	r = write_at_last(ctx, parties, text, key, resp);
	if (first && (r < 0 || !parties->starts)) {
		quota_give_back(ctx, parties->me, QUOTA_NEW_PEOPLE);
		resp->limit = (struct resp_limit){0};
	}
	return r;
}

/* Find the other person and the conversation. Returns as conversation_send. */
static int find_parties(struct ctx *ctx, const struct recipient *to, struct resp *resp,
			struct parties *parties)
{
	enum waiting waiting;
	int r;

	if (to->group) {
		memcpy(parties->group, to->group, UUID_SIZE);
		r = conversation_other_member(ctx, parties->me, to->group, parties->other,
					      &waiting);
		if (r == 0)
			parties->waits = waiting == WAITING_FOR_OTHER;
		if (r == 0 && waiting == WAITING_FOR_ME)
			r = accept(ctx, parties);
		return r;
	}
	r = user_uuid_by_handle(ctx->db, to->handle, parties->other);
	if (r == ERR_NOT_FOUND) {
		resp_add_code(resp, "user_not_found");
		return PROBLEM_INVALID;
	}
	if (r < 0)
		return r;
	if (strcmp(parties->other, parties->me) == 0) {
		resp_add_code(resp, "user_receiver_is_self");
		return PROBLEM_INVALID;
	}
	r = conversation_of_pair(ctx, parties->me, parties->other, parties->group);
	if (r != ERR_NOT_FOUND)
		return r;
	r = settings_admit(ctx->db, parties->me, parties->other, &parties->waits);
	if (r == ERR_NOT_FOUND) {
		resp_add_code(resp, "user_not_found");
		return PROBLEM_INVALID;
	}
	if (r < 0)
		return r;
	parties->starts = true;
	return uuid_v4(parties->group);
}

/*
 * Fill in the person `uuid`. Returns false, without names, when there is no such person, or no
 * longer.
 */
static bool name_person(const struct names *names, const char *uuid, struct item_person *person)
{
	*person = (struct item_person){.uuid = slice_of(uuid)};
	return names_find(names, person->uuid, &person->handle, &person->display_name) &&
	       !handle_deleted(person->handle);
}

/* Look up the current names of both. Returns as conversation_send. */
static int name_parties(struct db *db, struct resp *resp, struct parties *parties)
{
	const struct slice uuids[] = {slice_of(parties->me), slice_of(parties->other)};
	int r;

	r = names_load(db, uuids, 2, &parties->names);
	if (r < 0)
		return r;
	if (!name_person(&parties->names, parties->me, &parties->sender))
		return ERR_REFERENCE;
	if (!name_person(&parties->names, parties->other, &parties->receiver)) {
		resp_add_code(resp, "user_not_found");
		return PROBLEM_INVALID;
	}
	return 0;
}

int conversation_send(struct ctx *ctx, const char *me, const struct recipient *to,
		      struct slice text, const struct idempotency *key, struct resp *resp)
{
	struct parties parties = {.me = me};
	int r;

	r = find_parties(ctx, to, resp, &parties);
	if (r == 0)
		r = name_parties(ctx->db, resp, &parties);
	if (r == 0)
		r = write_message(ctx, &parties, text, key, resp);
	if (r == ERR_NOT_FOUND || r == PROBLEM_INVALID || r == PROBLEM_QUOTA_EXCEEDED ||
	    r == PROBLEM_MESSAGES_NOT_ACCEPTED)
		r = replay_known(ctx, me, key, r, resp);
	names_dispose(&parties.names);
	return r;
}
