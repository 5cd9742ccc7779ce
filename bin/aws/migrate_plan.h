/*
 * migrate_plan.h - what a table of the original's shape holds: its messages, and who is in which
 * group.
 *
 * There a message is MSG#<group> / <created_at>, as here, and a row GRP#<my uuid> / <time of the
 * last message>, which was deleted and put anew when a message came: rows may lag behind, be there
 * twice, or be lost. So a group's people are those whom its rows and the senders of its messages
 * name, and nothing else is taken from a row but the other one's names.
 */
#ifndef MIGRATE_PLAN_H
#define MIGRATE_PLAN_H

#include "store.h"

/* Somebody, with the latest names that the table knows. */
struct plan_person {
	struct person person;
	int64_t named_us; /* when those were written */
	char *names;
};

struct plan_group {
	char uuid[UUID_SIZE];
	const struct plan_person *members[2]; /* by uuid */
	size_t members_count;		      /* 3 stands for more than two */
	int64_t messages;
};

/* Entries that begin with their uuid, and are found by it. */
struct plan_list {
	void **entries;
	size_t count;
	void *tree; /* of tsearch */
};

struct plan {
	struct plan_list groups; /* struct plan_group, those of the same people together */
	struct plan_list people; /* struct plan_person */
	int64_t messages, rows;
	int64_t others;	 /* items that are neither */
	int64_t damaged; /* messages and rows that cannot be read; each was said */
};

/* A message of the original. Slices are borrowed from its item. */
struct plan_message {
	char group[UUID_SIZE], uuid[UUID_SIZE], sender[UUID_SIZE];
	int64_t us; /* created_at, since 1970 */
	struct slice text, handle, display_name;
};

/* Returns 0; ERR_INVALID when it is none. */
int plan_read_message(const struct item *item, struct plan_message *ret_message);

/* Read the whole table. Returns the exit status; plan_dispose is due in any case. */
int plan_read(struct aws *aws, const char *table, struct plan *plan);
void plan_dispose(struct plan *plan);

#endif
