/* row.c - see row.h. */
#include "db/row.h"

#include <assert.h>
#include <string.h>

#include "db/db.h"

/* Write one value, which is not null, from PostgreSQL's text form of it. */
static void write_value(struct jsonout *out, const struct column *column, struct slice value)
{
	jsonout_key(out, column->name);
	switch (column->type) {
	case COLUMN_TEXT:
	case COLUMN_NULLABLE:
		jsonout_string(out, value);
		break;
	case COLUMN_INTEGER: /* digits already, as JSON wants them */
		jsonout_raw(out, value);
		break;
	case COLUMN_BOOL: /* "t" or "f" */
		jsonout_bool(out, value.ptr[0] == 't');
		break;
	case COLUMN_TIME:
	case COLUMN_NULLABLE_TIME:
		jsonout_time(out, db_integer_of(value));
		break;
	}
}

void row_write(struct jsonout *out, const PGresult *result, int row, int first,
	       const struct column *columns, int count)
{
	for (int i = 0; i < count; i++) {
		const struct column *column = &columns[i];
		int at = first + i;

		bool nullable =
			column->type == COLUMN_NULLABLE || column->type == COLUMN_NULLABLE_TIME;

		assert(row > 0 || strcmp(PQfname(result, at), column->name) == 0);
		if (nullable && db_null(result, row, at))
			jsonout_member_text(out, column->name, NULL);
		else
			write_value(out, column, db_value(result, row, at));
	}
}
