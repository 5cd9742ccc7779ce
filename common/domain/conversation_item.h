/*
 * conversation_item.h - the items of the messages table: their keys, and a message as it is read.
 * For conversation*.c and the commands that load data (bin/aws).
 */
#ifndef CONVERSATION_ITEM_H
#define CONVERSATION_ITEM_H

#include "aws/dynamodb.h"
#include "base/buf.h"
#include "base/uuid.h"
#include "json/jsonout.h"

#define CONVERSATION_INDEX "last-message-index"

/* Write pk and sk into the object that is open: the key of an item, or an item's begin. */
void item_put_message_key(struct jsonout *out, const char *group, struct slice created_at);
void item_put_row_key(struct jsonout *out, const char *user, const char *group);
void item_put_pair_key(struct jsonout *out, const char *user, const char *other);
void item_put_idempotency_key(struct jsonout *out, const char *user, const char *key_digest);

/* A person as items keep them: the names of the moment of writing, a fallback for today's. */
struct item_person {
	struct slice uuid, handle, display_name;
};

/* A message; as an item it is immutable but for its tombstone. */
struct item_message {
	struct slice uuid, created_at, text;
	struct slice deleted_at; /* len 0: not deleted; else text.ptr is NULL */
	struct item_person sender;
};

/* Write the whole item of a message that is not deleted into the object that is open. */
void item_put_message(struct jsonout *out, const char *group, const struct item_message *message);

/* The attributes of a message but for its sender's names, as a ProjectionExpression. */
#define ITEM_MESSAGE_NAMELESS "sk, message_uuid, message, user_uuid, deleted_at"

/*
 * Read a message; names that are missing are empty.
 * Returns 0; ERR_INTERNAL when another attribute is missing.
 */
int item_read_message(const struct item *item, struct item_message *ret_message);

/* Write a row: `user`'s view of the conversation with `other`, whose last message is `last`. */
void item_put_row(struct jsonout *out, const char *user, const char *group,
		  const struct item_person *other, const struct item_message *last,
		  int64_t unread_count);

/* A row. text.ptr is NULL when the last message is deleted. */
struct item_row {
	struct slice group, last_message_at, last_message_uuid, text;
	int64_t unread_count;
	struct item_person other;
};

/* Those of a row that a list of conversations needs, but for the names. */
#define ITEM_ROW_NAMELESS "message_group_uuid, last_message_at, message, unread_count, user_uuid"

/* Read a row, as item_read_message a message; last_message_uuid may be missing, too. */
int item_read_row(const struct item *item, struct item_row *ret_row);

/* Write the whole item of a pair. */
void item_put_pair(struct jsonout *out, const char *user, const char *other, const char *group);

#endif
