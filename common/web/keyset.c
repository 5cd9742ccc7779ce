/* keyset.c - see keyset.h. */
#include "web/keyset.h"

#include <assert.h>

#include "base/err.h"
#include "web/problem.h"

const struct keyset keyset_top = {"infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"};

int keyset_read(const char *const *fields, struct keyset *ret_keyset)
{
	struct keyset keyset;
	int64_t us;

	/* Nothing is older than 1970, and PostgreSQL knows no year 0000. */
	if (clock_parse(slice_of(fields[0]), &us) < 0 || us < 0 ||
	    uuid_parse(slice_of(fields[1]), keyset.uuid) < 0)
		return PROBLEM_CURSOR_INVALID;
	clock_format(us, keyset.created_at);
	*ret_keyset = keyset;
	return 0;
}

int keyset_of_page(const struct page *page, struct keyset *ret_keyset)
{
	if (page->has_cursor)
		return keyset_read(page->fields, ret_keyset);
	*ret_keyset = keyset_top;
	return 0;
}

int keyset_of_row(int64_t created_us, struct slice uuid, struct keyset *ret_keyset)
{
	if (uuid_parse(uuid, ret_keyset->uuid) < 0)
		return ERR_INTERNAL;
	clock_format(created_us, ret_keyset->created_at);
	return 0;
}

int keyset_next(const struct keyset *last, const struct page *page, struct resp *resp)
{
	const char *fields[KEYSET_FIELDS] = {last->created_at, last->uuid};

	assert(page->kind->fields == KEYSET_FIELDS);
	return page_next(page, fields, resp);
}

int keyset_write_rows(struct jsonout *out, const PGresult *result, int first,
		      const struct keyset_rows *rows, bool signed_in, const struct page *page)
{
	int end = PQntuples(result);
	bool more = end - first > page->limit;

	if (more)
		end = first + page->limit;
	jsonout_array(out);
	for (int row = first; row < end; row++)
		rows->write(out, result, row, signed_in);
	jsonout_array_end(out);
	return more ? end - 1 : -1;
}

int keyset_write(struct jsonout *out, const PGresult *result, int first,
		 const struct keyset_rows *rows, bool signed_in, const struct page *page,
		 struct resp *resp)
{
	int last = keyset_write_rows(out, result, first, rows, signed_in, page);
	struct keyset place;
	int r;

	if (last < 0)
		return 0;
	r = keyset_of_row(db_integer(result, last, rows->created_at),
			  db_value(result, last, rows->uuid), &place);
	return r < 0 ? r : keyset_next(&place, page, resp);
}
