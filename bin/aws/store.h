/*
 * store.h - reading and writing the conversations of a messages table, for the commands that load
 * data. All functions return the exit status; an error is reported already.
 */
#ifndef STORE_H
#define STORE_H

#include "command.h"
#include "domain/conversation_item.h"

#define STORE_BATCH_MAX 25 /* the limit of BatchWriteItem */

#define STORE_PAGE_MAX 100 /* items that store_each_page takes in one answer */

/* How far a person has read a conversation. */
struct reading {
	int64_t unread;
	struct slice at, uuid; /* the read mark; uuid.ptr NULL: nothing is read */
};

/* A message whose uuid does not contain its time. */
struct place {
	char group[UUID_SIZE], message[UUID_SIZE];
	struct slice created_at;
};

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

/* As store_each, from the item after `after_sk` on. */
int store_each_after(struct aws *aws, const char *table, const char *pk, const char *after_sk,
		     int (*use)(const struct item *item, void *data), void *data)
	__attribute__((warn_unused_result));

/*
 * As store_each for the whole table. After the items of a page, at most STORE_PAGE_MAX, `work` is
 * called, which may call aws_send. Both return 0 to continue.
 */
int store_each_page(struct aws *aws, const char *table,
		    int (*use)(const struct item *item, void *data),
		    int (*work)(struct aws *aws, void *data), void *data)
	__attribute__((warn_unused_result));

/*
 * The uuids of a key that begins with `prefix`: "MSG#<uuid>", "PAIR#<uuid>#<uuid>". `count` of
 * them. Returns false when the key is not of that form.
 */
bool store_key_uuids(struct slice key, const char *prefix, size_t count,
		     char ret_uuids[][UUID_SIZE]);

/*
 * Count the messages of the messages table in `group` after the time `read_at` that `user` did not
 * write and that are not deleted. ret_count: their number.
 */
int store_count_unread(struct aws *aws, const char *group, const char *user, const char *read_at,
		       int64_t *ret_count) __attribute__((warn_unused_result));

/*
 * Replace the unread count of the row of `user`, in the messages table, by the number of unread
 * messages. Rows without a read mark stay as they are.
 */
int store_recount(struct aws *aws, const char *group, const char *user)
	__attribute__((warn_unused_result));

/* Write places to the messages table. count: 1 to STORE_BATCH_MAX. */
int store_put_places(struct aws *aws, const struct place *places, size_t count)
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
 * readings: of people[0] and people[1].
 */
int store_put_conversation(struct aws *aws, const char *table, const char *group,
			   const struct person *const people[2], const struct item_message *last,
			   const struct reading readings[2]) __attribute__((warn_unused_result));

/* Make `last` the last message of the row of `user`, unless the row has a newer one. */
int store_update_row(struct aws *aws, const char *table, const char *group, const char *user,
		     const struct item_message *last) __attribute__((warn_unused_result));

#endif
