/*
 * conversation.h - private conversations of two people, kept in one DynamoDB table.
 *
 * The items (docs/architecture.md tells why they are so):
 *	message      MSG#<group>            / <created_at>      who wrote what
 *	row          GRP#<my uuid>          / GROUP#<group>     one per person; never moves
 *	pair         PAIR#<lower>#<higher>  / PAIR              the group of two people
 *	idempotency  IDEM#<my uuid>#<key>   / IDEM              what a key has made, for 24 hours
 *
 * Every read is consistent, every write is one transaction or one conditional update. A row is the
 * proof of membership: whoever has none gets ERR_NOT_FOUND, for reading and for writing.
 * Group and message ids are UUIDs in lower case. All functions may return ERR_UNAVAILABLE,
 * ERR_OVERLOADED (a write may then have happened) and ERR_NO_MEMORY besides what they name.
 */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include "base/buf.h"
#include "base/uuid.h"
#include "web/ctx.h"
#include "web/idempotency.h"
#include "web/page.h"
#include "web/resp.h"

/* The pages of the two lists. */
extern const struct page_kind conversation_list_page;
extern const struct page_kind conversation_messages_page;

/*
 * Write the conversations of `me`, last message first.
 * Returns 0; PROBLEM_CURSOR_INVALID.
 */
int conversation_list(struct ctx *ctx, const char *me, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/* Write the conversation of `me` with `other`. Returns 0; ERR_NOT_FOUND when there is none. */
int conversation_with(struct ctx *ctx, const char *me, const char *other, struct resp *resp)
	__attribute__((warn_unused_result));

/* The sum of unread messages over all conversations of `me`. Returns 0. */
int conversation_unread(struct ctx *ctx, const char *me, int64_t *ret_count)
	__attribute__((warn_unused_result));

/*
 * Write a page of messages of `group`, oldest first: the newest ones, or those older than the
 * page's cursor; with `after` (a message uuid, or NULL) the first ones that came after it.
 * Returns 0; ERR_NOT_FOUND when `me` is no member; PROBLEM_CURSOR_INVALID; PROBLEM_AFTER_INVALID.
 */
int conversation_messages(struct ctx *ctx, const char *me, const char *group,
			  const struct page *page, const char *after, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * `me` has read `group` up to `message`: sets the unread count to 0.
 * Returns 0; ERR_NOT_FOUND; PROBLEM_READ_STALE when `message` is not the last one (any more).
 */
int conversation_read(struct ctx *ctx, const char *me, const char *group, const char *message)
	__attribute__((warn_unused_result));

/* Where a new message goes: exactly one of the two is given. */
struct recipient {
	const char *group;   /* a conversation's uuid, or NULL */
	struct slice handle; /* a person's handle; used when group is NULL */
};

/*
 * Send `text` from `me`, beginning the conversation if there is none yet, and write the message.
 *
 * created_at rises strictly within a conversation, in the order of the transactions. With a key
 * that has made a message already, that one is written again and nothing is sent.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member of the group; PROBLEM_INVALID with the code
 * user_not_found or user_receiver_is_self; PROBLEM_IDEMPOTENCY_KEY_REUSED.
 */
int conversation_send(struct ctx *ctx, const char *me, const struct recipient *to,
		      struct slice text, const struct idempotency *key, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Delete a message of `me`: its text is gone from all items, a tombstone stays; deleting it again
 * changes nothing.
 * Returns 0; ERR_NOT_FOUND; PROBLEM_FORBIDDEN when the other one wrote it.
 */
int conversation_delete(struct ctx *ctx, const char *me, const char *group, const char *message)
	__attribute__((warn_unused_result));

#endif
