/*
 * page.h - pages of a list: ?limit= and ?cursor= come in, a Link header goes out (RFC 8288).
 *
 * A cursor is opaque to clients: base64url of a kind and up to PAGE_FIELDS_MAX fields, the position
 * after the last row that was given. The one who reads it checks each field as if it came from an
 * enemy, and uses it only below the caller's own keys.
 */
#ifndef PAGE_H
#define PAGE_H

#include "base/buf.h"
#include "web/req.h"
#include "web/resp.h"

#define PAGE_FIELDS_MAX 4
#define PAGE_CURSOR_MAX 192

struct page {
	int limit;
	bool has_cursor;
	char text[PAGE_CURSOR_MAX]; /* the decoded cursor, cut into fields */
	const char *fields[PAGE_FIELDS_MAX];
	size_t fields_count;
};

/*
 * Read limit (LIMIT_PAGE_DEFAULT when missing, 1 to LIMIT_PAGE_MAX) and cursor, which must be of
 * `kind` (a short literal, one per list) with `fields_count` fields.
 * Returns 0; ERR_LIMIT_INVALID; ERR_CURSOR_INVALID; ERR_QUERY_INVALID.
 */
int page_from_query(const struct req *req, const char *kind, size_t fields_count,
		    struct page *ret_page);

/*
 * Say that there is more: adds `Link: <path?…>; rel="next"` with the cursor made of `kind` and
 * `fields`, keeping limit and the other parameters of the request's query.
 * Returns 0; ERR_NO_MEMORY; ERR_INTERNAL when the fields are too long.
 */
int page_next(const struct page *page, const struct req *req, struct resp *resp, const char *kind,
	      const char *const *fields, size_t fields_count);

#endif
