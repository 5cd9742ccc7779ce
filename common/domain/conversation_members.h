/*
 * conversation_members.h - who is in a conversation, and finding a message by its uuid; shared by
 * conversation.c (reads) and conversation_write.c.
 */
#ifndef CONVERSATION_MEMBERS_H
#define CONVERSATION_MEMBERS_H

#include "domain/conversation.h"
#include "domain/conversation_item.h"
#include "domain/names.h"

/* Begin a request: the table is written, and ConsistentRead for one that reads. */
struct jsonout *conversation_begin(struct ctx *ctx);
struct jsonout *conversation_begin_read(struct ctx *ctx);

/*
 * Get the row of `user` in `group`. ret_row: borrowed until the next request.
 * Returns 0; ERR_NOT_FOUND.
 */
int conversation_get_row(struct ctx *ctx, const char *user, const char *group,
			 struct item_row *ret_row);

/* The group of two people. Returns 0; ERR_NOT_FOUND when they have none yet. */
int conversation_of_pair(struct ctx *ctx, const char *me, const char *other,
			 char ret_group[UUID_SIZE]);

/*
 * The other person of `group`: remembered, or from the own row, which proves that `me` is a
 * member. Returns 0; ERR_NOT_FOUND.
 */
int conversation_other(struct ctx *ctx, const char *me, const char *group,
		       char ret_other[UUID_SIZE]);

/* Remember that `group` is the conversation of these two. */
void conversation_remember(struct cache *conversations, const char *group, const char *me,
			   const char *other);

/*
 * Find a message of `group` by its uuid: a version 7 id tells its time and so its key; older ids
 * are looked for in the newest MESSAGE_SEARCH_PAGES pages of the conversation.
 * ret_message: borrowed until the next request. Returns 0; ERR_NOT_FOUND.
 */
int conversation_find_message(struct ctx *ctx, const char *group, const char *uuid,
			      struct item_message *ret_message);

/*
 * Write a message as the API shows it, with today's names; `group` is written too unless NULL.
 */
void conversation_write_message(struct jsonout *out, const struct item_message *message,
				const struct names *names, const char *group);

#endif
