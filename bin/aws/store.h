/*
 * store.h - reading and writing whole conversations of a messages table: what the commands that
 * load data share. All of it returns the exit status, after saying what went wrong.
 */
#ifndef STORE_H
#define STORE_H

#include "command.h"
#include "domain/conversation_item.h"

#define STORE_BATCH_MAX 25 /* BatchWriteItem takes no more */

/* The uuid in `item` is this one. */
struct person {
	char uuid[UUID_SIZE];
	struct item_person item;
};

/*
 * Call `use` for every item of the partition `pk`, in the order of its keys, or of the whole table
 * when pk is NULL. `use` returns the exit status; it may send no request meanwhile.
 */
int store_each(struct aws *aws, const char *table, const char *pk,
	       int (*use)(const struct item *item, void *data), void *data);

/* The group of two people. ret_group: "" when they have none. */
int store_find_pair(struct aws *aws, const char *table, const char *one, const char *other,
		    char ret_group[UUID_SIZE]);

/* Write messages of `group`, 1 to STORE_BATCH_MAX. */
int store_put_messages(struct aws *aws, const char *table, const char *group,
		       const struct item_message *messages, size_t count);

/* Write both rows and the pair, none of which may be there. people and unread: of each side. */
int store_put_conversation(struct aws *aws, const char *table, const char *group,
			   const struct person *const people[2], const struct item_message *last,
			   const int64_t unread[2]);

/* Let the row of `user` have `last` as its last message, if it has an older one. */
int store_update_row(struct aws *aws, const char *table, const char *group, const char *user,
		     const struct item_message *last);

#endif
