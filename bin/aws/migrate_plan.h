/*
 * migrate_plan.h - the contents of the legacy table: its messages, and the members of its groups.
 *
 * A message is MSG#<group> / <created_at>, as in the current table. A row is GRP#<my uuid> / <time
 * of the last message>; it was deleted and put again with each message, so rows may be outdated,
 * duplicated or lost. The members of a group are therefore the people whom its rows and the senders
 * of its messages name. Of a row, only the names of the other person are used besides.
 */
#ifndef MIGRATE_PLAN_H
#define MIGRATE_PLAN_H

#include "store.h"

/* A person, with the latest names in the table. */
struct plan_person {
	struct person person;
	int64_t named_us; /* when the names were written */
	char *names;	  /* the memory of person.item.handle and display_name */
};

struct plan_group {
	char uuid[UUID_SIZE];
	const struct plan_person *members[2]; /* sorted by uuid */
	size_t members_count;		      /* 3 means more than two */
	int64_t messages;
};

/* Structs that begin with their uuid and are found by it. */
struct plan_list {
	void **entries;
	size_t count;
	void *tree; /* of tsearch */
};

struct plan {
	struct plan_list groups; /* struct plan_group; groups of the same people are adjacent */
	struct plan_list people; /* struct plan_person */
	int64_t messages, rows;
	int64_t others;	 /* other items */
	int64_t damaged; /* messages and rows that cannot be read; each is reported */
};

/* A message of the legacy table. Slices are borrowed from its item. */
struct plan_message {
	char group[UUID_SIZE], uuid[UUID_SIZE], sender[UUID_SIZE];
	int64_t us; /* created_at, microseconds since 1970 */
	struct slice text, handle, display_name;
};

/* Returns 0; ERR_INVALID when the item is not a message. */
int plan_read_message(const struct item *item, struct plan_message *ret_message)
	__attribute__((warn_unused_result));

/*
 * Read the whole table. Returns the exit status; an error is reported already. plan_dispose must be
 * called in any case.
 */
int plan_read(struct aws *aws, const char *table, struct plan *plan)
	__attribute__((warn_unused_result));
void plan_dispose(struct plan *plan);

#endif
