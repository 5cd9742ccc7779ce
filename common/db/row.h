/*
 * row.h - rows of SQL results as JSON, by tables of columns.
 *
 * A table of columns is the one place that says how a row of a statement looks to the outside:
 *
 *	sql/queries/users/by_handle.sql          select uuid, handle, display_name …
 *	static const struct column columns[]     {"uuid", COLUMN_TEXT}, {"handle", COLUMN_TEXT}, …
 *	{"uuid":"…","handle":"…", …}
 *
 * Statements that return such rows name and order their columns like the table; this is asserted
 * whenever the first row of a result is written.
 */
#ifndef ROW_H
#define ROW_H

#include <libpq-fe.h>

#include "json/jsonout.h"

enum column_type {
	COLUMN_TEXT,	      /* text, uuid */
	COLUMN_NULLABLE,      /* the same, or null */
	COLUMN_INTEGER,	      /* integer, bigint */
	COLUMN_BOOL,	      /* boolean */
	COLUMN_TIME,	      /* bigint, microseconds since 1970; written as RFC 3339 */
	COLUMN_NULLABLE_TIME, /* the same, or null */
};

struct column {
	const char *name; /* of the column, and of the JSON member */
	enum column_type type;
};

/*
 * Write `count` columns of row `row` as members of the JSON object that is open.
 * columns: of the result's columns from `first` on, in order.
 */
void row_write(struct jsonout *out, const PGresult *result, int row, int first,
	       const struct column *columns, int count);

#endif
