/*
 * names.h - the current names of several people, looked up at once.
 *
 * DynamoDB's items keep the names of the moment of writing; PostgreSQL knows today's.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>

#include "base/buf.h"
#include "db/db.h"

/* Names by uuid. Zero-initialised before use, for names_auto. */
struct names {
	PGresult *result;
	struct buf uuids; /* of whom, as a PostgreSQL array */
};

void names_dispose(struct names *names);
#define names_auto __attribute__((cleanup(names_dispose))) struct names

/*
 * Look up the names of `count` people, about a page of them (sql/queries/users/names.sql).
 * Texts that are not uuids are skipped.
 * Returns 0; ERR_UNAVAILABLE; ERR_OVERLOADED; ERR_NO_MEMORY.
 */
int names_load(struct db *db, const struct slice *uuids, size_t count, struct names *names)
	__attribute__((warn_unused_result));

/*
 * The same with what else others see of a person (sql/queries/users/people.sql), for names_bio.
 * Returns as names_load.
 */
int names_load_people(struct db *db, const struct slice *uuids, size_t count, struct names *names)
	__attribute__((warn_unused_result));

/*
 * The same in two steps, so that other work can be done while PostgreSQL answers (db_send,
 * db_receive). Returns as names_load.
 */
int names_send(struct db *db, const struct slice *uuids, size_t count, struct names *names)
	__attribute__((warn_unused_result));
int names_receive(struct db *db, struct names *names) __attribute__((warn_unused_result));

/* Of how many people there are names. */
size_t names_count(const struct names *names);

/*
 * Find the names of one person. Returns false, and writes nothing, when there is no such person.
 * The slices live as long as `names`.
 */
bool names_find(const struct names *names, struct slice uuid, struct slice *ret_handle,
		struct slice *ret_display_name);

/*
 * Whether one person shows others how far they have read, and sees that of others. Somebody who is
 * gone has no setting: true.
 */
bool names_receipts(const struct names *names, struct slice uuid);

/* The bio of one person after names_load_people; ptr NULL without one. It lives as `names`. */
struct slice names_bio(const struct names *names, struct slice uuid);

#endif
