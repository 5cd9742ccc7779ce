/*
 * conversation.h - private conversations of two people, kept in one DynamoDB table.
 *
 * conversation_item.h draws the items; docs/architecture.md explains them:
 *	message      MSG#<group>            / <created_at>      who wrote what
 *	row          GRP#<my uuid>          / GROUP#<group>     one per member
 *	request      REQ#<my uuid>          / GROUP#<group>     instead of a row: the member has not
 *	                                                        accepted the conversation
 *	pair         PAIR#<lower>#<higher>  / PAIR              the conversation of two people
 *	idempotency  IDEM#<my uuid>#<key>   / IDEM              what a key created, for 24 hours
 *	place        PLACE#<group>          / <message uuid>    when: for uuids that do not tell it
 *
 * Every read is consistent; every write is one transaction or one conditional update. A row is the
 * proof of membership: without one, reading and writing return ERR_NOT_FOUND.
 *
 * `me` is the caller. Uuids of people, conversations (`group`) and messages are NUL-terminated, in
 * lower case, and borrowed for the call, as all arguments are. All functions may return
 * ERR_UNAVAILABLE and ERR_OVERLOADED (a write may have happened then), ERR_NO_MEMORY and
 * ERR_INTERNAL besides the errors that they name.
 */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/uuid.h"
#include "web/ctx.h"
#include "web/idempotency.h"
#include "web/page.h"
#include "web/req.h"
#include "web/resp.h"

/* The cursors of conversation_list, conversation_members and conversation_messages. */
extern const struct page_kind conversation_list_page;
extern const struct page_kind conversation_members_page;
extern const struct page_kind conversation_messages_page;

/*
 * Write a page of the conversations of `me` as a JSON array, the latest message first. requests: of
 * those that wait for `me` to accept them; else of the others, without those that `me` has hidden.
 * Returns 0; PROBLEM_CURSOR_INVALID.
 */
int conversation_list(struct ctx *ctx, const char *me, bool requests, const struct page *page,
		      struct resp *resp) __attribute__((warn_unused_result));

/*
 * Write the conversation `group` as `me` sees it, like an element of conversation_list.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member.
 */
int conversation_show(struct ctx *ctx, const char *me, const char *group, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Write a page of the members of `group` as a JSON array, the other one before `me`. In a
 * conversation of two people nobody joined later and nobody owns it: joined_at is null.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member; PROBLEM_CURSOR_INVALID.
 */
int conversation_members(struct ctx *ctx, const char *me, const char *group,
			 const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/* Write the conversation of `me` and `other`. Returns 0; ERR_NOT_FOUND when they have none. */
int conversation_show_with(struct ctx *ctx, const char *me, const char *other, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * The number of unread messages in the LIMIT_PAGE_MAX conversations of `me` with the newest
 * messages, without requests and hidden conversations, by one read of the index, so that the cost
 * does not grow with their number. Returns 0.
 */
int conversation_unread(struct ctx *ctx, const char *me, int64_t *ret_count)
	__attribute__((warn_unused_result));

/* A time in a conversation, and on which side of it a page of messages lies. */
enum place_kind {
	PLACE_NONE,   /* the newest messages, or those that the page's cursor continues with */
	PLACE_AFTER,  /* the messages that follow it */
	PLACE_BEFORE, /* the messages that lead to it */
	PLACE_AROUND, /* half a page of either; a message at the time itself follows the middle */
};

struct message_place {
	enum place_kind kind;
	int64_t us; /* since 1970, unless the kind is PLACE_NONE */
};

/*
 * Read the parameters after, before and around of a request: each is a version 7 uuid, whose time
 * is the place; there need not be such a message. Returns 0; PROBLEM_AFTER_INVALID,
 * PROBLEM_BEFORE_INVALID, PROBLEM_AROUND_INVALID; PROBLEM_QUERY_INVALID when two of them, or one
 * and a cursor, are given; as req_query.
 */
int message_place_from_query(const struct req *req, struct message_place *ret_place)
	__attribute__((warn_unused_result));

/*
 * Write a page of the messages of `group` at `place` as a JSON array, oldest first. Names the pages
 * beside it: rel="next" is older and rel="prev" newer, but from PLACE_AFTER on both are newer.
 *
 * Reads at most two messages more than page->limit.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member; PROBLEM_CURSOR_INVALID.
 */
int conversation_messages(struct ctx *ctx, const char *me, const char *group,
			  const struct page *page, const struct message_place *place,
			  struct resp *resp) __attribute__((warn_unused_result));

/*
 * Mark `group` as read by `me` up to `message`, and show the other member that, unless one of the
 * two has turned read receipts off, or the conversation waits to be accepted. Messages of the other
 * member after it stay unread and are counted. The mark never moves back: an older message changes
 * nothing.
 *
 * message: a uuid of version 7 is the place in time that it contains, whether or not there is such
 * a message; a place after the last message is that of the last message.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member, or when `message` has another version and
 * there is no such message; PROBLEM_READ_STALE when more than 100 messages came after it.
 */
int conversation_mark_read(struct ctx *ctx, const char *me, const char *group, const char *message)
	__attribute__((warn_unused_result));

/* Where a message is sent to: one of the two. */
struct recipient {
	const char *group;   /* the uuid of a conversation, or NULL */
	struct slice handle; /* of a person, when group is NULL */
};

/*
 * Send `text` from `me`, starting the conversation if it does not exist, and write the message.
 *
 * The settings of the other person (settings.h) decide about the first message. With "requests" the
 * conversation waits until that person accepts it, and takes LIMIT_REQUEST_MESSAGES messages of
 * `me` until then. An answer accepts it.
 *
 * created_at rises strictly within a conversation, in the order of the transactions.
 * key: if it has created a message already, that one is written and nothing is sent.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member of the group; ERR_REFERENCE when the person
 * `me` is gone; PROBLEM_INVALID with the code user_not_found, also when the other member is gone,
 * or user_receiver_is_self; PROBLEM_CONVERSATION_CLOSED when one of the two blocks the other;
 * PROBLEM_MESSAGES_NOT_ACCEPTED for a first message; PROBLEM_REQUEST_PENDING for a fourth one;
 * PROBLEM_IDEMPOTENCY_KEY_REUSED; PROBLEM_QUOTA_EXCEEDED for the first message to a person.
 */
int conversation_send(struct ctx *ctx, const char *me, const struct recipient *to,
		      struct slice text, const struct idempotency *key, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Let `me` accept `group`, which may have waited for that, and write it. Again it changes nothing.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member; PROBLEM_CONVERSATION_CLOSED when it waits and
 * one of the two blocks the other.
 */
int conversation_accept(struct ctx *ctx, const char *me, const char *group, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Hide `group` from the lists of `me`, until it has a new message. Again it changes nothing.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member.
 */
int conversation_hide(struct ctx *ctx, const char *me, const char *group)
	__attribute__((warn_unused_result));

/*
 * Delete a message of `me`: all items lose its text, a tombstone remains. If the other member has
 * not read it, it leaves their unread count. Deleting it again changes nothing.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member or there is no such message;
 * PROBLEM_FORBIDDEN when the other member wrote it.
 */
int conversation_delete(struct ctx *ctx, const char *me, const char *group, const char *message)
	__attribute__((warn_unused_result));

#endif
