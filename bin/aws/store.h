/*
 * store.h - reading and writing the conversations of a messages table, for the commands that load
 * data. All functions return the exit status; an error is reported already.
 */
#ifndef STORE_H
#define STORE_H

#include "command.h"
#include "domain/conversation_item.h"

#define STORE_BATCH_MAX 25 /* the limit of BatchWriteItem */

/* A person; item.uuid borrows `uuid`. */
struct person {
	char uuid[UUID_SIZE];
	struct item_person item;
};

/*
 * Call `use` for every item of the partition `pk`, in the order of its keys, or of the whole table
 * when pk is NULL.
 *
 * use: returns 0 to continue, or the exit status. It must not call aws_send: that would overwrite
 * the item.
 */
int store_each(struct aws *aws, const char *table, const char *pk,
	       int (*use)(const struct item *item, void *data), void *data)
	__attribute__((warn_unused_result));

/* Find the conversation of two people. ret_group: its uuid; "" when they have none. */
int store_find_pair(struct aws *aws, const char *table, const char *one, const char *other,
		    char ret_group[UUID_SIZE]) __attribute__((warn_unused_result));

/* Write messages of `group`. count: 1 to STORE_BATCH_MAX. */
int store_put_messages(struct aws *aws, const char *table, const char *group,
		       const struct item_message *messages, size_t count)
	__attribute__((warn_unused_result));

/*
 * Write the rows of two people and their pair; none of the three may exist.
 * unread: the unread counts of people[0] and people[1].
 */
int store_put_conversation(struct aws *aws, const char *table, const char *group,
			   const struct person *const people[2], const struct item_message *last,
			   const int64_t unread[2]) __attribute__((warn_unused_result));

/* Make `last` the last message of the row of `user`, unless the row has a newer one. */
int store_update_row(struct aws *aws, const char *table, const char *group, const char *user,
		     const struct item_message *last) __attribute__((warn_unused_result));

#endif
