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
