/*
 * people.h - finding people: by handle or name, and people to follow.
 *
 * The lists are ordered by a rank and by how many follow a person, both of now: when these change
 * between two pages, a person may come twice or not at all.
 */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "db/db.h"
#include "web/page.h"
#include "web/resp.h"

extern const struct page_kind people_search_page, people_suggested_page;

/*
 * Write the people whose handle, or a word of whose name, begins with `term`, or who have a word
 * for each word of it: those whom the caller follows first, then those whom most people follow.
 * When very many are found, the search is not complete (sql/migrations, people_found).
 *
 * caller: uuid, NUL-terminated; "": anonymous. term: valid UTF-8, at most LIMIT_SEARCH_TERM code
 * points. page: of people_search_page.
 * Returns 0; PROBLEM_CURSOR_INVALID; as db_query; ERR_NO_MEMORY.
 */
int people_search(struct db *db, const char *caller, struct slice term, const struct page *page,
		  struct resp *resp) __attribute__((warn_unused_result));

/*
 * Write people whom `me` may want to follow: those whom the people that `me` follows follow, the
 * most of these first, then those whom most people follow.
 *
 * page: of people_suggested_page.
 * Returns 0; PROBLEM_CURSOR_INVALID; as db_query; ERR_NO_MEMORY.
 */
int people_suggested(struct db *db, const char *me, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

#endif
