/*
 * conversation_unread.c - read marks, and deleting messages, which may be unread; see
 * conversation.h.
 *
 * Each change is decided by what was read and written on the condition that it still holds; a
 * change whose condition fails (ERR_CONDITION) is decided again, as long as the request has time.
 */
#include <string.h>

#include "aws/dynamodb.h"
#include "base/clock.h"
#include "base/err.h"
#include "domain/conversation.h"
#include "domain/conversation_members.h"
#include "domain/publish.h"
#include "requests.h"
#include "web/problem.h"

/* Messages that one decision looks at. */
#define MESSAGES_MAX 100

#define EVENT_MAX 4096 /* bytes of an event without a text */

/* A place in a conversation. */
struct place {
	char at[CONVERSATION_TIME_SIZE];
	char uuid[UUID_SIZE]; /* of the newest message there; "": there is no message */
};

/* How far a member has read, according to their row; a copy. */
struct standing {
	char other[UUID_SIZE];
	struct place last; /* the last message */
	struct place read; /* the read mark; at is "" in rows of the previous release */
	bool was_given;	   /* the mark was written just now, by give_mark */
	int64_t unread;
	enum waiting waiting;
};

static int copy_place(struct slice at, struct slice uuid, struct place *ret_place)
{
	struct place place = {0};

	if (at.len > 0 && !slice_copy(at, place.at, sizeof(place.at)))
		return ERR_INTERNAL;
	if (uuid.len > 0 && uuid_parse(uuid, place.uuid) < 0)
		return ERR_INTERNAL;
	*ret_place = place;
	return 0;
}

/* Returns 0; ERR_NOT_FOUND when `user` is not a member. */
static int get_standing(struct ctx *ctx, const char *user, const char *group,
			struct standing *ret_standing)
{
	struct item_row row;
	int r;

	r = conversation_get_row(ctx, user, group, &row);
	if (r < 0)
		return r;
	if (uuid_parse(row.other.uuid, ret_standing->other) < 0 || !row.last_message_uuid.ptr)
		return ERR_INTERNAL;
	ret_standing->unread = row.unread_count;
	ret_standing->was_given = false;
	ret_standing->waiting = conversation_waiting(&row);
	r = copy_place(row.last_sent_at, row.last_message_uuid, &ret_standing->last);
	if (r < 0)
		return r;
	return copy_place(row.read_at, row.read_message_uuid, &ret_standing->read);
}

/*
 * Move the read mark of `user` to `place`, after which `rest` messages are unread.
 * Returns 0; ERR_CONDITION when the row is no longer as in `standing`.
 */
static int put_mark(struct ctx *ctx, const char *user, const char *group,
		    const struct standing *standing, const struct place *place, int64_t rest)
{
	const bool waits = standing->waiting == WAITING_FOR_ME;
	const struct slice uuid = place->uuid[0] ? slice_of(place->uuid) : (struct slice){0};
	const struct dynamodb_answer *answer;

	return dynamodb_send(ctx->dynamodb,
			     REQUEST(UpdateItem, mark_read, .place = item_place(waits),
				     .user = slice_of(user), .group = slice_of(group),
				     .read_at = slice_of(place->at), .message_uuid = uuid,
				     .last_message_uuid = slice_of(standing->last.uuid),
				     .unread = standing->unread, .rest = rest),
			     &answer);
}

/* Tell `me`, and `other` unless NULL, of the event in `data`, if it could be written. */
static void publish_to(struct ctx *ctx, enum publication publication, const char *me,
		       const char *other, struct jsonout *out, const struct buf *data)
{
	const char *members[] = {me, other};

	if (jsonout_end(out) < 0)
		publish_lost(ctx);
	else
		publish(ctx, publication, members, other ? 2 : 1, buf_slice(data));
}

/* --- marking as read ------------------------------------------------------------------------- */

/* The messages that follow a place. */
struct following {
	bool known; /* whether there is a message at the place itself, `place` */
	struct place place;
	int64_t unread; /* messages of the other member that are not deleted */
	int64_t sent;	/* the same with the deleted ones */
	bool more;	/* there are more than MESSAGES_MAX messages */
};

/*
 * Count the messages after the time `at`, up to the last one of `mine`: its unread count does not
 * have messages that have arrived since.
 */
static int count_after(struct ctx *ctx, const char *group, const char *at,
		       const struct standing *mine, struct following *ret_following)
{
	/* The message at the place, those after it, and one more. */
	const size_t limit = 1 + MESSAGES_MAX + 1;
	struct following following = {0};
	const struct dynamodb_answer *answer;
	int r;

	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(Query, messages_from, .group = slice_of(group),
				  .from = slice_of(at), .limit = (int64_t)limit),
			  &answer);
	if (r < 0)
		return r;
	for (size_t i = 0; i < answer->count; i++) {
		struct item_message message;

		r = item_read_message(&answer->items[i], &message);
		if (r < 0)
			return r;
		if (slice_is(message.created_at, at)) {
			following.known = true;
			r = copy_place(message.created_at, message.uuid, &following.place);
			if (r < 0)
				return r;
		} else if (slice_is(message.sender.uuid, mine->other)) {
			following.sent++;
			following.unread += message.deleted_at.len == 0;
		}
		if (slice_is(message.uuid, mine->last.uuid))
			break;
	}
	following.more = answer->count - following.known > MESSAGES_MAX;
	*ret_following = following;
	return 0;
}

/* The newest message before the time `at`; place.uuid is "" when there is no such message. */
static int find_before(struct ctx *ctx, const char *group, const char *at, struct place *ret_place)
{
	const struct dynamodb_answer *answer;
	struct item_message message;
	int r;

	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(Query, messages_older, .group = slice_of(group), .limit = 1,
				  .before = slice_of(at)),
			  &answer);
	if (r < 0)
		return r;
	if (answer->count == 0) {
		*ret_place = (struct place){0};
		return 0;
	}
	r = item_read_message(&answer->items[0], &message);
	return r < 0 ? r : copy_place(message.created_at, message.uuid, ret_place);
}

/*
 * Move the mark of `me` to the time `at`, unless it is there or later.
 * Returns 0; PROBLEM_READ_STALE; ERR_CONDITION when the row has changed since it was read.
 */
static int move_mark(struct ctx *ctx, const char *me, const char *group, const char *at,
		     struct standing *mine)
{
	struct following following;
	int r;

	if (strcmp(at, mine->last.at) >= 0) {
		following = (struct following){.place = mine->last};
	} else if (strcmp(at, mine->read.at) <= 0) {
		return 0;
	} else {
		r = count_after(ctx, group, at, mine, &following);
		if (r == 0 && !following.known)
			r = find_before(ctx, group, at, &following.place);
		if (r < 0)
			return r;
		if (following.more)
			return PROBLEM_READ_STALE;
		/*
		 * Without a mark, the count tells what is read. It does so too when a worker of the
		 * previous release has set it to 0 without moving the mark.
		 */
		if ((mine->read.at[0] ? following.unread : following.sent) > mine->unread)
			return 0;
	}
	if (strcmp(following.place.at, mine->read.at) <= 0)
		return 0;
	r = put_mark(ctx, me, group, mine, &following.place, following.unread);
	if (r == 0)
		mine->read = following.place;
	return r;
}

/*
 * Copy the mark of `me` into the row of the other member, unless that has it or a later one. While
 * the conversation waits for `me`, the other member does not see it. While it waits for the other
 * member, their row is not there, unless they have just accepted.
 */
static int show_mark(struct ctx *ctx, const char *group, const struct standing *mine)
{
	const struct dynamodb_answer *answer;
	int r;

	if (!mine->read.uuid[0] || mine->waiting == WAITING_FOR_ME)
		return 0;
	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(UpdateItem, mark_seen, .other = slice_of(mine->other),
				  .group = slice_of(group), .read_at = slice_of(mine->read.at),
				  .message_uuid = slice_of(mine->read.uuid)),
			  &answer);
	return r == ERR_CONDITION ? 0 : r;
}

/* Tell `me` how far they have read, and the other member if they see that. */
static void publish_mark(struct ctx *ctx, const char *me, const char *group,
			 const struct standing *mine)
{
	const struct slice members[] = {slice_of(me), slice_of(mine->other)};
	bool shown;
	buf_auto data = BUF_INIT(EVENT_MAX);
	struct slice handle, display_name;
	names_auto names = {0};
	struct jsonout out;

	if (!mine->read.uuid[0] || !publish_possible(ctx))
		return;
	if (names_load(ctx->db, members, 2, &names) < 0 ||
	    !names_find(&names, members[0], &handle, &display_name)) {
		publish_lost(ctx);
		return;
	}
	shown = mine->waiting == WAITING_FOR_NOBODY && names_receipts(&names, members[0]) &&
		names_receipts(&names, members[1]);
	jsonout_begin(&out, &data);
	jsonout_object(&out);
	jsonout_member_text(&out, "message_group_uuid", group);
	jsonout_member_string(&out, "handle", handle);
	jsonout_member_text(&out, "message_uuid", mine->read.uuid);
	jsonout_object_end(&out);
	publish_to(ctx, PUBLISH_READ, me, shown ? mine->other : NULL, &out, &data);
}

int conversation_mark_read(struct ctx *ctx, const char *me, const char *group, const char *message)
{
	char at[CONVERSATION_TIME_SIZE];
	struct standing mine;
	int r;

	do {
		r = get_standing(ctx, me, group, &mine);
		if (r == 0 && strcmp(message, mine.last.uuid) == 0)
			memcpy(at, mine.last.at, sizeof(at));
		else if (r == 0)
			r = conversation_find_place(ctx, group, message, at);
		if (r == 0)
			r = move_mark(ctx, me, group, at, &mine);
	} while (r == ERR_CONDITION);
	if (r == 0)
		r = show_mark(ctx, group, &mine);
	if (r == 0)
		publish_mark(ctx, me, group, &mine);
	return r;
}

/* --- deleting -------------------------------------------------------------------------------- */

/*
 * Give the row of `user`, which is of the previous release, the read mark that its unread count
 * implies. It gets none when that is not within the newest MESSAGES_MAX messages.
 * Returns 0; ERR_CONDITION when the row has changed since it was read.
 */
static int give_mark(struct ctx *ctx, const char *user, const char *group,
		     struct standing *standing)
{
	struct item_mark_search search = {.other = standing->other, .left = standing->unread};
	struct place place = {.at = ITEM_NOTHING_READ};
	const struct dynamodb_answer *answer;
	struct item_message message;
	bool reached = false;
	int r;

	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(Query, messages_older, .group = slice_of(group),
				  .limit = MESSAGES_MAX + 1),
			  &answer);
	for (size_t i = 0; r == 0 && !reached && i < answer->count; i++) {
		r = item_read_message(&answer->items[i], &message);
		reached = r == 0 && item_mark_reached(&search, &message);
	}
	if (r == 0 && reached)
		r = copy_place(message.created_at, message.uuid, &place);
	if (r < 0 || (!reached && answer->count > MESSAGES_MAX))
		return r;
	r = put_mark(ctx, user, group, standing, &place, search.unread);
	if (r == 0) {
		standing->read = place;
		standing->unread = search.unread;
		standing->was_given = true;
	}
	return r;
}

/*
 * Whether the message of `me` at the time `at`, which is not the last one, is in the unread count
 * of `theirs`: it is after their mark, and the count has room for what follows it. The second holds
 * with the first, unless a worker of the previous release has set the count to 0. A mark that was
 * given just now needs no look at what follows, so one request reads one page.
 *
 * ret_count: messages of `me` after it that are not deleted, as far as they were counted. Messages
 * that have arrived since `theirs` was read are not in its count, so they are not counted here.
 */
static int decide_unread(struct ctx *ctx, const char *me, const char *group, const char *at,
			 const struct standing *theirs, bool *ret_unread, int64_t *ret_count)
{
	const struct dynamodb_answer *answer;
	struct item_message message;
	int64_t count = 0;
	int r;

	*ret_unread = theirs->read.at[0] && strcmp(at, theirs->read.at) > 0 && theirs->unread > 0;
	*ret_count = 0;
	if (!*ret_unread || theirs->was_given)
		return 0;
	r = dynamodb_send(ctx->dynamodb,
			  REQUEST(Query, messages_newer, .group = slice_of(group),
				  .after = slice_of(at), .limit = MESSAGES_MAX),
			  &answer);
	if (r < 0)
		return r;
	for (size_t i = 0; i < answer->count; i++) {
		r = item_read_message(&answer->items[i], &message);
		if (r < 0)
			return r;
		count += slice_is(message.sender.uuid, me) && message.deleted_at.len == 0;
		if (slice_is(message.uuid, theirs->last.uuid))
			break;
	}
	*ret_unread = count < theirs->unread;
	*ret_count = count;
	return 0;
}

/* The place of the row of the other member, who may not have accepted the conversation. */
static struct slice place_of(const struct standing *theirs)
{
	return item_place(theirs->waiting == WAITING_FOR_ME);
}

/*
 * Delete the last message. other: NULL when that member has no row; then `theirs` is that of `me`.
 * Returns 0; ERR_CONDITION.
 */
static int bury_last(struct ctx *ctx, const char *me, const char *other, const char *group,
		     const struct standing *theirs, const char *now)
{
	const bool unread = theirs->unread > 0 && theirs->read.at[0] &&
			    strcmp(theirs->last.at, theirs->read.at) > 0;
	const struct dynamodb_answer *answer;

	return dynamodb_send(ctx->dynamodb,
			     REQUEST(TransactWriteItems, delete_last, .group = slice_of(group),
				     .user = slice_of(me), .place = place_of(theirs),
				     .other = other ? slice_of(other) : (struct slice){0},
				     .message_uuid = slice_of(theirs->last.uuid),
				     .created_at = slice_of(theirs->last.at),
				     .deleted_at = slice_of(now), .unread = theirs->unread,
				     .rest = theirs->unread - unread),
			     &answer);
}

/* Delete a message that is not the last one; `other` as in bury_last. Returns 0; ERR_CONDITION. */
static int bury(struct ctx *ctx, const char *me, const char *other, const char *group,
		const char *message, const char *at, const struct standing *theirs, const char *now)
{
	const struct dynamodb_answer *answer;
	int64_t following = 0;
	bool unread;
	int r;

	r = decide_unread(ctx, me, group, at, theirs, &unread, &following);
	if (r < 0)
		return r;
	return dynamodb_send(ctx->dynamodb,
			     REQUEST(TransactWriteItems, delete, .group = slice_of(group),
				     .place = place_of(theirs),
				     .other = other ? slice_of(other) : (struct slice){0},
				     .message_uuid = slice_of(message), .created_at = slice_of(at),
				     .deleted_at = slice_of(now),
				     .read_at =
					     unread ? slice_of(theirs->read.at) : (struct slice){0},
				     .following = following),
			     &answer);
}

/*
 * Delete a message. ret_found: the message, which is deleted then.
 * Returns as conversation_delete; ERR_CONDITION when something has changed.
 */
static int delete_once(struct ctx *ctx, const char *me, const char *other, const char *group,
		       const char *message, struct message_found *ret_found)
{
	struct message_found *found = ret_found;
	struct standing theirs;
	char now[CLOCK_TEXT_SIZE];
	int r;

	r = conversation_find_message(ctx, me, group, message, found);
	if (r < 0)
		return r;
	if (!found->by_me)
		return PROBLEM_FORBIDDEN;
	if (found->deleted_at[0])
		return 0;
	r = get_standing(ctx, other, group, &theirs);
	if (r == 0 && !theirs.read.at[0])
		r = give_mark(ctx, other, group, &theirs);
	if (r == ERR_NOT_FOUND) {
		/* The other member's row is gone: nobody has the message unread. */
		r = get_standing(ctx, me, group, &theirs);
		theirs.unread = 0;
		theirs.waiting = WAITING_FOR_NOBODY;
		other = NULL;
	}
	if (r < 0)
		return r;
	clock_format(clock_now_us(), now);
	memcpy(found->deleted_at, now, sizeof(now));
	if (strcmp(message, theirs.last.uuid) == 0)
		return bury_last(ctx, me, other, group, &theirs, now);
	return bury(ctx, me, other, group, message, found->created_at, &theirs, now);
}

/* Tell `me`, and `other` unless NULL, that a message of `me` is deleted. */
static void publish_deletion(struct ctx *ctx, const char *me, const char *other, const char *group,
			     const char *message, const struct message_found *found)
{
	const struct item_message tombstone = {
		.uuid = slice_of(message),
		.created_at = slice_of(found->created_at),
		.deleted_at = slice_of(found->deleted_at),
		.sender = {.uuid = slice_of(me)},
	};
	buf_auto data = BUF_INIT(EVENT_MAX);
	names_auto names = {0};
	struct jsonout out;

	if (!publish_possible(ctx))
		return;
	if (names_load(ctx->db, (struct slice[]){slice_of(me)}, 1, &names) < 0) {
		publish_lost(ctx);
		return;
	}
	jsonout_begin(&out, &data);
	conversation_write_message(&out, &tombstone, &names, group);
	publish_to(ctx, PUBLISH_DELETION, me, other, &out, &data);
}

int conversation_delete(struct ctx *ctx, const char *me, const char *group, const char *message)
{
	struct message_found found;
	enum waiting waiting;
	char other[UUID_SIZE];
	int r;

	r = conversation_other_member(ctx, me, group, other, &waiting);
	if (r < 0)
		return r;
	do {
		r = delete_once(ctx, me, other, group, message, &found);
	} while (r == ERR_CONDITION);
	/* One that was accepted before the message was deleted may be open on the other side. */
	if (r == 0 && waiting == WAITING_FOR_OTHER)
		r = conversation_other_member(ctx, me, group, other, &waiting);
	if (r < 0)
		return r;
	publish_deletion(ctx, me, waiting == WAITING_FOR_NOBODY ? other : NULL, group, message,
			 &found);
	if (waiting == WAITING_FOR_OTHER)
		conversation_publish(ctx, (const char *[]){other}, 1, group);
	return 0;
}
