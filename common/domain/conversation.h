/*
 * conversation.h - private conversations of two people, kept in one DynamoDB table.
 *
 * conversation_item.h draws the items; docs/architecture.md explains them:
 *	message      MSG#<group>            / <created_at>      who wrote what
 *	row          GRP#<my uuid>          / GROUP#<group>     one per member; never moves
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

#include "base/buf.h"
#include "base/uuid.h"
#include "web/ctx.h"
#include "web/idempotency.h"
#include "web/page.h"
#include "web/resp.h"

/* The cursors of conversation_list and conversation_messages. */
extern const struct page_kind conversation_list_page;
extern const struct page_kind conversation_messages_page;

/*
 * Write a page of the conversations of `me` as a JSON array, the latest message first.
 * Returns 0; PROBLEM_CURSOR_INVALID.
 */
int conversation_list(struct ctx *ctx, const char *me, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/* Write the conversation of `me` and `other`. Returns 0; ERR_NOT_FOUND when they have none. */
int conversation_show_with(struct ctx *ctx, const char *me, const char *other, struct resp *resp)
	__attribute__((warn_unused_result));

/* The number of unread messages in all conversations of `me`. Returns 0. */
int conversation_unread(struct ctx *ctx, const char *me, int64_t *ret_count)
	__attribute__((warn_unused_result));

/*
 * Write a page of the messages of `group` as a JSON array, oldest first: the newest messages, or
 * those that the page's cursor continues with.
 *
 * after: the uuid of a message, or NULL; with it the page begins at the message that follows it.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member; PROBLEM_CURSOR_INVALID;
 * PROBLEM_AFTER_INVALID when there is no message `after`.
 */
int conversation_messages(struct ctx *ctx, const char *me, const char *group,
			  const struct page *page, const char *after, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Mark `group` as read by `me` up to `message`, and show the other member that. Messages of the
 * other member after it stay unread and are counted. The mark never moves back: an older message
 * changes nothing.
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
 * created_at rises strictly within a conversation, in the order of the transactions.
 * key: if it has created a message already, that one is written and nothing is sent.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member of the group; PROBLEM_INVALID with the code
 * user_not_found or user_receiver_is_self; PROBLEM_IDEMPOTENCY_KEY_REUSED; PROBLEM_QUOTA_EXCEEDED
 * for the first message to a person.
 */
int conversation_send(struct ctx *ctx, const char *me, const struct recipient *to,
		      struct slice text, const struct idempotency *key, struct resp *resp)
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
