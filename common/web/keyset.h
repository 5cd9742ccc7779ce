/*
 * keyset.h - keyset pagination of lists that are ordered by (created_at, uuid), newest first.
 *
 * A page begins below a place in the order; a cursor holds the place of the last row of a page. New
 * rows enter above every cursor, so a client that follows the links gets each row that existed at
 * the first page exactly once.
 *
 *	page 1    row 9, row 8, row 7    Link: cursor of row 7
 *	          row 10 is created
 *	page 2    row 6, row 5, row 4
 */
#ifndef KEYSET_H
#define KEYSET_H

#include "base/clock.h"
#include "base/uuid.h"
#include "db/db.h"
#include "web/page.h"

#define KEYSET_FIELDS 2 /* of a cursor: created_at and uuid */

/* A place, as PostgreSQL reads its parts. */
struct keyset {
	char created_at[CLOCK_TEXT_SIZE];
	char uuid[UUID_SIZE];
};

/* The place above all rows, where the first page begins. */
extern const struct keyset keyset_top;

/* Read a place from two fields of a cursor. Returns 0; PROBLEM_CURSOR_INVALID. */
int keyset_read(const char *const *fields, struct keyset *ret_keyset)
	__attribute__((warn_unused_result));

/*
 * The place below which `page` begins; the fields of its cursor, if any, are those of a place.
 * Returns 0; PROBLEM_CURSOR_INVALID.
 */
int keyset_of_page(const struct page *page, struct keyset *ret_keyset)
	__attribute__((warn_unused_result));

/*
 * The place of a row.
 * created_us: microseconds since 1970.
 * Returns 0; ERR_INTERNAL when `uuid` is not a UUID.
 */
int keyset_of_row(int64_t created_us, struct slice uuid, struct keyset *ret_keyset)
	__attribute__((warn_unused_result));

/* Add the link to the page below `last`, as page_next. */
int keyset_next(const struct keyset *last, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/* The rows of a list: how one is written, and the columns of its place. */
struct keyset_rows {
	/* signed_in: with what only a signed-in caller sees. */
	void (*write)(struct jsonout *out, const PGresult *result, int row, bool signed_in);
	int created_at, uuid;
};

/*
 * Write the rows from `first` on as an array, at most a page of them.
 * Returns the row of the last one when more follow it, else -1.
 */
int keyset_write_rows(struct jsonout *out, const PGresult *result, int first,
		      const struct keyset_rows *rows, bool signed_in, const struct page *page);

/* The same, with the link to the next page. Returns 0; as keyset_of_row; as keyset_next. */
int keyset_write(struct jsonout *out, const PGresult *result, int first,
		 const struct keyset_rows *rows, bool signed_in, const struct page *page,
		 struct resp *resp) __attribute__((warn_unused_result));

#endif
