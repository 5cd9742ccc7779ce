/*
 * conversation_members.h - membership of conversations, and their messages one by one; shared by
 * conversation.c (reading), conversation_write.c (sending) and conversation_unread.c (the rest).
 *
 * Uuids are NUL-terminated, in lower case, and borrowed for the call. All functions that call
 * DynamoDB may return ERR_UNAVAILABLE, ERR_OVERLOADED, ERR_NO_MEMORY and ERR_INTERNAL besides the
 * errors that they name.
 */
#ifndef CONVERSATION_MEMBERS_H
#define CONVERSATION_MEMBERS_H

#include "base/cache.h"
#include "domain/conversation_item.h"
#include "domain/names.h"
#include "json/jsonout.h"
#include "web/ctx.h"

/* Space for a created_at as an item has it; those that clock_format writes are shorter. */
#define CONVERSATION_TIME_SIZE 64

/* Whether a conversation waits until the member who has not begun it accepts it. */
enum waiting {
	WAITING_FOR_NOBODY,
	WAITING_FOR_ME,	   /* `me` has not accepted it: a request */
	WAITING_FOR_OTHER, /* the other member has not accepted it: `me` may send few messages */
};

/* According to the row of a member. */
enum waiting conversation_waiting(const struct item_row *row);

/*
 * Get the row of `user` in `group`, which proves that `user` is a member; also one that waits.
 * ret_row: borrowed from the answer, which the next dynamodb_send overwrites.
 * Returns 0; ERR_NOT_FOUND when `user` is not a member.
 */
int conversation_get_row(struct ctx *ctx, const char *user, const char *group,
			 struct item_row *ret_row) __attribute__((warn_unused_result));

/*
 * The conversation of two people. Returns 0; ERR_NOT_FOUND when they have none, also when one of
 * them blocks the other.
 */
int conversation_of_pair(struct ctx *ctx, const char *me, const char *other,
			 char ret_group[UUID_SIZE]) __attribute__((warn_unused_result));

/*
 * The other member of `group`: from the cache, or from the row of `me`.
 *
 * ret_waiting: as the row says. The cache has only conversations that wait for nobody.
 * Returns 0; ERR_NOT_FOUND when `me` is not a member.
 */
int conversation_other_member(struct ctx *ctx, const char *me, const char *group,
			      char ret_other[UUID_SIZE], enum waiting *ret_waiting)
	__attribute__((warn_unused_result));

/*
 * Let `me` accept `group`, if it waits for that; tells nobody.
 * Returns 0, also when it does not wait; ERR_NOT_FOUND when `me` is not a member;
 * PROBLEM_CONVERSATION_CLOSED when one of the two blocks the other.
 */
int conversation_take_in(struct ctx *ctx, const char *me, const char *group)
	__attribute__((warn_unused_result));

/* Show `group` to each of `count` members as that member sees it (PUBLISH_CONVERSATION). */
void conversation_publish(struct ctx *ctx, const char *const *members, size_t count,
			  const char *group);

/*
 * Keep `me` and `other` from writing to each other, because `me` blocks `other`, or no longer: in
 * both rows of their conversation, or in their pair while they have none. A block by `other` stays.
 * Returns 0.
 */
int conversation_set_blocking(struct ctx *ctx, const char *me, const char *other, bool blocks)
	__attribute__((warn_unused_result));

/* Put into the cache that `me` and `other` are the members of `group`, which waits for nobody. */
void conversation_remember(struct cache *conversations, const char *group, const char *me,
			   const char *other);

/* A message that was found by its uuid; a copy. */
struct message_found {
	char created_at[CONVERSATION_TIME_SIZE]; /* the sort key of its item */
	char deleted_at[CONVERSATION_TIME_SIZE]; /* "": it is not deleted */
	bool by_me;
};

/*
 * The place of a message uuid in `group`: the time that a version 7 uuid contains, whether or not
 * there is such a message; of another uuid, the created_at of its message.
 * ret_at: NUL-terminated.
 * Returns 0; ERR_NOT_FOUND when there is no message with that uuid, which is not of version 7, or
 * bin/ddb/migrate has not written its place yet.
 */
int conversation_find_place(struct ctx *ctx, const char *group, const char *uuid,
			    char ret_at[CONVERSATION_TIME_SIZE])
	__attribute__((warn_unused_result));

/* Find a message of `group` by its uuid, at its place. Returns 0; ERR_NOT_FOUND. */
int conversation_find_message(struct ctx *ctx, const char *me, const char *group, const char *uuid,
			      struct message_found *ret_found) __attribute__((warn_unused_result));

/*
 * Write a message as the API shows it, with the current names of its sender if `names` has them.
 * group: written too unless NULL.
 */
void conversation_write_message(struct jsonout *out, const struct item_message *message,
				const struct names *names, const char *group);

#endif
