/* row.c - see row.h. */
#include "db/row.h"

#include <assert.h>
#include <string.h>

#include "db/db.h"

void row_write(struct jsonout *out, const PGresult *result, int row, int first,
	       const struct column *columns, int count)
{
	for (int i = 0; i < count; i++) {
		const struct column *column = &columns[i];
		int at = first + i;

		assert(row > 0 || strcmp(PQfname(result, at), column->name) == 0);
		switch (column->type) {
		case COLUMN_TEXT:
			jsonout_member_string(out, column->name, db_value(result, row, at));
			break;
		case COLUMN_NULLABLE:
			jsonout_member_optional(out, column->name, db_optional(result, row, at));
			break;
		case COLUMN_INTEGER:
			jsonout_member_integer(out, column->name, db_integer(result, row, at));
			break;
		case COLUMN_BOOL:
			jsonout_member_bool(out, column->name, db_bool(result, row, at));
			break;
		case COLUMN_TIME:
			jsonout_member_time(out, column->name, db_integer(result, row, at));
			break;
		}
	}
}
