/* membership.h - the conversations of one person, for the commands that export or erase them. */
#ifndef MEMBERSHIP_H
#define MEMBERSHIP_H

#include "base/clock.h"
#include "base/uuid.h"
#include "command.h"

#define MEMBERSHIP_KEY_SIZE 64 /* bytes of the pk of a row */

/* The partitions that rows are in: the pk is one of these and a uuid. */
#define MEMBERSHIP_PARTITIONS 2
extern const char *const membership_partitions[MEMBERSHIP_PARTITIONS];

/* A row of the person; a copy. Texts are "" where the row lacks them. */
struct membership {
	char pk[MEMBERSHIP_KEY_SIZE];
	char group[UUID_SIZE], other[UUID_SIZE]; /* the conversation, the other member */
	char last_sent_at[CLOCK_TEXT_SIZE], read_at[CLOCK_TEXT_SIZE];
	char read_message_uuid[UUID_SIZE];
	int64_t unread_count;
};

/*
 * Call `use` for each row of `person`, in the order of their keys; it may call aws_send and delete
 * the row. use: returns 0 to continue, or the exit status.
 * Returns the exit status; an error is reported already.
 */
int membership_each(struct aws *aws, const char *person,
		    int (*use)(struct aws *aws, const struct membership *membership, void *data),
		    void *data) __attribute__((warn_unused_result));

#endif
