/* page.c - see page.h. */
#include "web/page.h"

#include <stdio.h>
#include <string.h>

#include "base/base64url.h"
#include "base/err.h"
#include "limit.h"

/* What separates the kind and the fields of a cursor; no field of ours contains it. */
#define SEPARATOR '|'

static int read_limit(const struct req *req, int *ret_limit)
{
	struct slice text;
	int limit = 0;
	int r;

	r = req_query(req, "limit", &text);
	if (r == ERR_NOT_FOUND) {
		*ret_limit = LIMIT_PAGE_DEFAULT;
		return 0;
	}
	if (r < 0)
		return r;
	if (text.len == 0 || text.len > 3)
		return ERR_LIMIT_INVALID;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return ERR_LIMIT_INVALID;
		limit = limit * 10 + (text.ptr[i] - '0');
	}
	if (limit < 1 || limit > LIMIT_PAGE_MAX)
		return ERR_LIMIT_INVALID;
	*ret_limit = limit;
	return 0;
}

/* Cut the decoded cursor into its kind and fields. */
static int read_cursor(struct slice text, const char *kind, size_t fields_count, struct page *page)
{
	buf_auto decoded = BUF_INIT(PAGE_CURSOR_MAX - 1);
	size_t count = 0;
	char *at;
	char *end;

	if (base64url_decode(text, &decoded) < 0 || decoded.len == 0 ||
	    memchr(decoded.data, '\0', decoded.len))
		return ERR_CURSOR_INVALID;
	memcpy(page->text, decoded.data, decoded.len + 1);
	at = page->text;
	end = strchr(at, SEPARATOR);
	if (!end || (size_t)(end - at) != strlen(kind) || memcmp(at, kind, strlen(kind)) != 0)
		return ERR_CURSOR_INVALID;
	while (end) {
		if (count == fields_count)
			return ERR_CURSOR_INVALID;
		at = end + 1;
		end = strchr(at, SEPARATOR);
		if (end)
			*end = '\0';
		page->fields[count++] = at;
	}
	if (count != fields_count)
		return ERR_CURSOR_INVALID;
	page->fields_count = count;
	page->has_cursor = true;
	return 0;
}

int page_from_query(const struct req *req, const char *kind, size_t fields_count,
		    struct page *ret_page)
{
	struct slice cursor;
	int r;

	memset(ret_page, 0, sizeof(*ret_page));
	r = read_limit(req, &ret_page->limit);
	if (r < 0)
		return r;
	r = req_query(req, "cursor", &cursor);
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return r;
	return read_cursor(cursor, kind, fields_count, ret_page);
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

/* The request's own query parameters, but for those that the link sets anew. */
static void keep_query(const struct req *req, struct buf *headers)
{
	struct slice rest = req->query;

	while (rest.len) {
		const char *amp = memchr(rest.ptr, '&', rest.len);
		size_t len = amp ? (size_t)(amp - rest.ptr) : rest.len;
		bool ours = (len >= 6 && memcmp(rest.ptr, "limit=", 6) == 0) ||
			    (len >= 7 && memcmp(rest.ptr, "cursor=", 7) == 0);

		if (len && !ours && is_query_text((struct slice){rest.ptr, len})) {
			buf_append(headers, rest.ptr, len);
			buf_putc(headers, '&');
		}
		len += amp ? 1 : 0;
		rest = (struct slice){rest.ptr + len, rest.len - len};
	}
}

int page_next(const struct page *page, const struct req *req, struct resp *resp, const char *kind,
	      const char *const *fields, size_t fields_count)
{
	char text[PAGE_CURSOR_MAX];
	size_t len;
	int n;

	n = snprintf(text, sizeof(text), "%s", kind);
	len = n < 0 ? sizeof(text) : (size_t)n;
	for (size_t i = 0; i < fields_count && len < sizeof(text); i++) {
		n = snprintf(text + len, sizeof(text) - len, "%c%s", SEPARATOR, fields[i]);
		len = n < 0 ? sizeof(text) : len + (size_t)n;
	}
	if (len >= sizeof(text))
		return ERR_INTERNAL;

	buf_puts(&resp->headers, "Link: <");
	buf_append(&resp->headers, req->path.ptr, req->path.len);
	buf_putc(&resp->headers, '?');
	keep_query(req, &resp->headers);
	buf_printf(&resp->headers, "limit=%d&cursor=", page->limit);
	base64url_encode((struct slice){text, len}, &resp->headers);
	buf_puts(&resp->headers, ">; rel=\"next\"\r\n");
	return resp->headers.failed ? ERR_NO_MEMORY : 0;
}
