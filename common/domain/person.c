/* person.c - see person.h. */
#include "domain/person.h"

#include "db/row.h"

static const struct column columns[PERSON_COLUMNS] = {
	{"uuid", COLUMN_TEXT},
	{"handle", COLUMN_TEXT},
	{"display_name", COLUMN_TEXT},
	{"bio", COLUMN_NULLABLE},
	{"cruds_count", COLUMN_INTEGER},
	{"followers_count", COLUMN_INTEGER},
	{"following_count", COLUMN_INTEGER},
	{"following", COLUMN_BOOL},
	{"followed_by", COLUMN_BOOL},
	{"blocking", COLUMN_BOOL},
	{"muting", COLUMN_BOOL},
};
#define RELATION_COLUMNS 4 /* the last ones; for signed-in callers */

void person_write(struct jsonout *out, const PGresult *result, int row, int first, bool signed_in)
{
	jsonout_object(out);
	row_write(out, result, row, first, columns,
		  signed_in ? PERSON_COLUMNS : PERSON_COLUMNS - RELATION_COLUMNS);
	jsonout_member_text(out, "avatar_url", NULL);
	jsonout_object_end(out);
}
