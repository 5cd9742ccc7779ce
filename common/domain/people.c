/* people.c - see people.h. */
#include "domain/people.h"

#include <string.h>

#include "base/err.h"
#include "base/uuid.h"
#include "domain/person.h"
#include "limit.h"
#include "queries.h"
#include "web/keyset.h"
#include "web/problem.h"

#define PLACE_FIELDS 3
#define NUMBER_SIZE  11 /* digits of a positive int32 with their NUL */

const struct page_kind people_search_page = {"people", PLACE_FIELDS};
const struct page_kind people_suggested_page = {"suggested", PLACE_FIELDS};

/* Places in the columns of users/search.sql and users/suggested.sql, after those of the person. */
enum { PERSON_UUID = 0, RANK = PERSON_COLUMNS, FOLLOWERS };

/* Where a page begins. */
struct place {
	char rank[NUMBER_SIZE], followers[NUMBER_SIZE], uuid[UUID_SIZE];
};

static bool read_number(const char *text, char ret_number[NUMBER_SIZE])
{
	size_t length = strlen(text);

	/* nine digits are less than 2^31 */
	if (length == 0 || length > 9 || strspn(text, "0123456789") != length)
		return false;
	memcpy(ret_number, text, length + 1);
	return true;
}

static int place_of_page(const struct page *page, struct place *ret_place)
{
	struct place place = {"2147483647", "2147483647", "ffffffff-ffff-ffff-ffff-ffffffffffff"};

	if (page->has_cursor && (!read_number(page->fields[0], place.rank) ||
				 !read_number(page->fields[1], place.followers) ||
				 uuid_parse(slice_of(page->fields[2]), place.uuid) < 0))
		return PROBLEM_CURSOR_INVALID;
	*ret_place = place;
	return 0;
}

static void write_person(struct jsonout *out, const PGresult *result, int row, bool signed_in)
{
	person_write(out, result, row, 0, signed_in);
}

static int write_people(const PGresult *people, bool signed_in, const struct page *page,
			struct resp *resp)
{
	static const struct keyset_rows rows = {.write = write_person};
	int last = keyset_write_rows(resp_json(resp), people, 0, &rows, signed_in, page);

	if (last >= 0) {
		const char *fields[PLACE_FIELDS] = {PQgetvalue(people, last, RANK),
						    PQgetvalue(people, last, FOLLOWERS),
						    PQgetvalue(people, last, PERSON_UUID)};
		int r = page_next(page, fields, resp);

		if (r < 0)
			return r;
	}
	return resp_json_end(resp);
}

int people_search(struct db *db, const char *caller, struct slice term, const struct page *page,
		  struct resp *resp)
{
	char text[LIMIT_SEARCH_TERM * 4 + 1];
	char rows[PAGE_ROWS_SIZE];
	struct place from;
	const char *values[] = {*caller ? caller : NULL, text,	    from.rank,
				from.followers,		 from.uuid, rows};
	pg_result_auto *people = NULL;
	int r;

	if (!slice_copy(term, text, sizeof(text)))
		return ERR_INTERNAL;
	r = place_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(db, &query_users_search, 6, values, &people);
	return r < 0 ? r : write_people(people, *caller, page, resp);
}

int people_suggested(struct db *db, const char *me, const struct page *page, struct resp *resp)
{
	char rows[PAGE_ROWS_SIZE];
	struct place from;
	const char *values[] = {me, from.rank, from.followers, from.uuid, rows};
	pg_result_auto *people = NULL;
	int r;

	r = place_of_page(page, &from);
	if (r < 0)
		return r;
	page_rows_text(page, rows);
	r = db_query(db, &query_users_suggested, 5, values, &people);
	return r < 0 ? r : write_people(people, true, page, resp);
}
