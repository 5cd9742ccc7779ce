/* trend.c - see trend.h. */
#include "domain/trend.h"

#include "db/row.h"
#include "queries.h"

static const struct column columns[] = {
	{"tag", COLUMN_TEXT},
	{"cruds_count", COLUMN_INTEGER},
	{"people_count", COLUMN_INTEGER},
};

int trend_list(struct db *db, const char *caller, struct resp *resp)
{
	const char *values[] = {*caller ? caller : NULL};
	pg_result_auto *trends = NULL;
	struct jsonout *out;
	int r;

	r = db_query(db, &query_trends_list, 1, values, &trends);
	if (r < 0)
		return r;
	out = resp_json(resp);
	jsonout_array(out);
	for (int row = 0; row < PQntuples(trends); row++) {
		jsonout_object(out);
		row_write(out, trends, row, 0, columns, sizeof(columns) / sizeof(columns[0]));
		jsonout_object_end(out);
	}
	jsonout_array_end(out);
	return resp_json_end(resp);
}
