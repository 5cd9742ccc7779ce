/*
 * page.h - pages of a list: ?limit= and ?cursor= come in, a Link header goes out (RFC 8288).
 *
 * A cursor is opaque to clients: the base64url of
 *
 *	cruds|2026-11-22T12:00:00.123456+00:00|4f1d7c52-0c0e-4b7e-9d52-1be3a6a0c9f4
 *	kind  fields: where the next page begins
 *
 * Clients can send any cursor. Its reader checks each field like hostile input, and uses it only
 * within what the caller may see.
 */
#ifndef PAGE_H
#define PAGE_H

#include "base/buf.h"
#include "web/req.h"
#include "web/resp.h"

#define PAGE_FIELDS_MAX 5
#define PAGE_CURSOR_MAX 192 /* bytes of a decoded cursor with its NUL: no free text fits in it */

/* The name and length that distinguish the cursors of one list from those of others. */
struct page_kind {
	const char *name;
	size_t fields; /* how many follow the name, at most PAGE_FIELDS_MAX */
};

/* A page that is asked for. The slices are borrowed from the request. */
struct page {
	const struct page_kind *kind;
	int limit;
	bool has_cursor;
	char text[PAGE_CURSOR_MAX];	     /* the decoded cursor, cut into fields */
	const char *fields[PAGE_FIELDS_MAX]; /* of the cursor: kind->fields of them */
	struct slice path, query;	     /* of the request, for the link to the next page */
};

/*
 * Read limit (LIMIT_PAGE_DEFAULT when missing, 1 to LIMIT_PAGE_MAX) and cursor, which must be of
 * `kind`, borrowed.
 * Returns 0; PROBLEM_LIMIT_INVALID; PROBLEM_CURSOR_INVALID; PROBLEM_QUERY_INVALID; ERR_NO_MEMORY.
 * After a failure *page is undefined.
 */
int page_from_query(const struct req *req, const struct page_kind *kind, struct page *page)
	__attribute__((warn_unused_result));

/*
 * page_from_query for one of several lists: the parameter `kind` has the name of one of `kinds`
 * (`count` of them, static); without it, it is the first.
 * Returns as page_from_query; PROBLEM_INVALID with the code kind_invalid when it names none of
 * them.
 */
int page_of_kind_from_query(const struct req *req, const struct page_kind *kinds, size_t count,
			    struct resp *resp, struct page *page)
	__attribute__((warn_unused_result));

/*
 * Name the pages beside this one: adds `Link: <path?…>; rel="next", <path?…>; rel="prev"` (RFC
 * 8288) with a cursor made of `next` and of `prev` (page->kind->fields texts each; NULL: there is
 * no such page), keeping limit and the other parameters of the request's query. A parameter that
 * named the place of this page (after, before, around) is left out: the cursor takes its place.
 * Returns 0; ERR_NO_MEMORY; ERR_INTERNAL when the fields are longer than PAGE_CURSOR_MAX.
 */
int page_links(const struct page *page, const char *const *next, const char *const *prev,
	       struct resp *resp) __attribute__((warn_unused_result));

/* page_links for a list that is read in one direction: there is a next page, at `fields`. */
int page_next(const struct page *page, const char *const *fields, struct resp *resp)
	__attribute__((warn_unused_result));

/* How many rows a list reads for `page`: one more than it shows tells whether there is a next. */
static inline int page_rows(const struct page *page)
{
	return page->limit + 1;
}

/* The same as decimal text, a parameter of SQL statements. */
#define PAGE_ROWS_SIZE 12
void page_rows_text(const struct page *page, char ret_text[PAGE_ROWS_SIZE]);

#endif
