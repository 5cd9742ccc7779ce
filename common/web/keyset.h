/*
 * keyset.h - a place in a list that is ordered by (created_at, uuid), newest first.
 *
 * A page begins below a place, and a cursor holds the place of the last row that was given. New
 * rows come in front of it: whatever was there at the first page comes exactly once.
 */
#ifndef KEYSET_H
#define KEYSET_H

#include "base/clock.h"
#include "base/uuid.h"
#include "web/page.h"

#define KEYSET_FIELDS 2 /* of a cursor: created_at and uuid */

/* As PostgreSQL reads them. */
struct keyset {
	char created_at[CLOCK_TEXT_SIZE];
	char uuid[UUID_SIZE];
};

/* The place above all rows, where the first page begins. */
extern const struct keyset keyset_top;

/* Read a place from two fields of a cursor. Returns 0; PROBLEM_CURSOR_INVALID. */
int keyset_read(const char *const *fields, struct keyset *ret_keyset);

/* The place where `page` begins; its cursor, if any, has just those fields. As keyset_read. */
int keyset_of_page(const struct page *page, struct keyset *ret_keyset);

/*
 * The place of a row: created_at in microseconds since 1970, and uuid.
 * Returns 0; ERR_INTERNAL when it is none.
 */
int keyset_of_row(int64_t created_us, struct slice uuid, struct keyset *ret_keyset);

/* Say that there is a next page below `last`, as page_next. */
int keyset_next(const struct keyset *last, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

#endif
