/* page.c - see page.h. */
#include "web/page.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/base64url.h"
#include "base/err.h"
#include "limit.h"
#include "web/problem.h"

/* Between the kind and the fields of a cursor; no field contains it. */
#define SEPARATOR "|"

static int read_limit(const struct req *req, int *ret_limit)
{
	struct slice text;
	uint64_t limit;
	int r;

	r = req_query(req, "limit", &text);
	if (r == ERR_NOT_FOUND) {
		*ret_limit = LIMIT_PAGE_DEFAULT;
		return 0;
	}
	if (r < 0)
		return r;
	if (text.len > 3 || !slice_number(text, 10, LIMIT_PAGE_MAX, &limit) || limit < 1)
		return PROBLEM_LIMIT_INVALID;
	*ret_limit = (int)limit;
	return 0;
}

/* Cut the decoded cursor in page->text into its kind and its fields. */
static int cut_cursor(struct page *page)
{
	char *rest = page->text;

	if (strcmp(strsep(&rest, SEPARATOR), page->kind->name) != 0 || !rest)
		return PROBLEM_CURSOR_INVALID;
	for (size_t i = 0; i < page->kind->fields; i++) {
		page->fields[i] = strsep(&rest, SEPARATOR);
		if (!page->fields[i])
			return PROBLEM_CURSOR_INVALID;
	}
	return rest ? PROBLEM_CURSOR_INVALID : 0;
}

static int read_cursor(struct slice text, struct page *page)
{
	buf_auto decoded = BUF_INIT(PAGE_CURSOR_MAX - 1);

	if (base64url_decode(text, &decoded) < 0 ||
	    !slice_copy(buf_slice(&decoded), page->text, sizeof(page->text)) ||
	    strlen(page->text) != decoded.len)
		return PROBLEM_CURSOR_INVALID;
	page->has_cursor = true;
	return cut_cursor(page);
}

int page_from_query(const struct req *req, const struct page_kind *kind, struct page *page)
{
	struct slice cursor;
	int r;

	assert(kind->fields <= PAGE_FIELDS_MAX);
	*page = (struct page){.kind = kind, .path = req->path, .query = req->query};
	r = read_limit(req, &page->limit);
	if (r < 0)
		return r;
	r = req_query(req, "cursor", &cursor);
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return r;
	return read_cursor(cursor, page);
}

int page_of_kind_from_query(const struct req *req, const struct page_kind *kinds, size_t count,
			    struct resp *resp, struct page *page)
{
	struct slice name = slice_of(kinds[0].name);
	int r;

	r = req_query(req, "kind", &name);
	if (r < 0 && r != ERR_NOT_FOUND)
		return r;
	for (size_t i = 0; i < count; i++)
		if (slice_is(name, kinds[i].name))
			return page_from_query(req, &kinds[i], page);
	resp_add_code(resp, "kind_invalid");
	return PROBLEM_INVALID;
}

/* The characters that a query may hold unescaped (RFC 3986 §3.4), so that none ends the link. */
static bool is_query_text(struct slice text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._~%!$'()*+,;=:@/?";

	for (size_t i = 0; i < text.len; i++)
		if (!memchr(allowed, text.ptr[i], sizeof(allowed) - 1))
			return false;
	return true;
}

/*
 * Whether the link sets the parameter itself, or its cursor takes the place of it. A name with an
 * escape may be one of these.
 */
static bool is_position(struct slice parameter)
{
	static const char *const names[] = {"limit", "cursor", "after", "before", "around"};
	struct slice name = slice_cut(&parameter, '=');

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_is(name, names[i]))
			return true;
	return memchr(name.ptr, '%', name.len);
}

/* The other parameters of the request's query. */
static void keep_query(struct slice query, struct buf *headers)
{
	while (query.len) {
		struct slice parameter = slice_cut(&query, '&');

		if (parameter.len == 0 || is_position(parameter) || !is_query_text(parameter))
			continue;
		buf_append(headers, parameter.ptr, parameter.len);
		buf_putc(headers, '&');
	}
}

/* Write `<path?…>; rel="…"`. */
static int put_link(const struct page *page, const char *const *fields, const char *relation,
		    struct buf *headers)
{
	buf_auto cursor = BUF_INIT(PAGE_CURSOR_MAX - 1);

	if (!buf_reserve(&cursor, PAGE_CURSOR_MAX - 1))
		return ERR_NO_MEMORY;
	buf_puts(&cursor, page->kind->name);
	for (size_t i = 0; i < page->kind->fields; i++) {
		buf_puts(&cursor, SEPARATOR);
		buf_puts(&cursor, fields[i]);
	}
	if (cursor.failed)
		return ERR_INTERNAL;

	buf_putc(headers, '<');
	buf_append(headers, page->path.ptr, page->path.len);
	buf_putc(headers, '?');
	keep_query(page->query, headers);
	buf_printf(headers, "limit=%d&cursor=", page->limit);
	base64url_encode(buf_slice(&cursor), headers);
	buf_printf(headers, ">; rel=\"%s\"", relation);
	return 0;
}

int page_links(const struct page *page, const char *const *next, const char *const *prev,
	       struct resp *resp)
{
	struct buf *headers = &resp->headers;
	int r = 0;

	if (!next && !prev)
		return 0;
	buf_puts(headers, "Link: ");
	if (next)
		r = put_link(page, next, "next", headers);
	if (next && prev)
		buf_puts(headers, ", ");
	if (r == 0 && prev)
		r = put_link(page, prev, "prev", headers);
	buf_puts(headers, "\r\n");
	if (r == 0 && headers->failed)
		r = ERR_NO_MEMORY;
	return r;
}

int page_next(const struct page *page, const char *const *fields, struct resp *resp)
{
	return page_links(page, fields, NULL, resp);
}

void page_rows_text(const struct page *page, char ret_text[PAGE_ROWS_SIZE])
{
	snprintf(ret_text, PAGE_ROWS_SIZE, "%d", page_rows(page));
}
