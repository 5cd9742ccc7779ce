/* head.c - see head.h. */
#define _GNU_SOURCE /* memmem */
#include "web/head.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unictype.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/html.h"
#include "base/text.h"
#include "limit.h"

/* Characters of a crud in a title; the rest is in the description. */
#define TITLE_TEXT_MAX 40
#define ELLIPSIS       "…"
/* First strong isolate, pop directional isolate (UAX #9 §2.4). */
#define FSI "\xE2\x81\xA8"
#define PDI "\xE2\x81\xA9"

static bool has_right_to_left(struct slice text)
{
	uint32_t c;
	size_t n;

	while ((n = text_char(text.ptr, text.len, &c)) > 0) {
		int class = uc_bidi_class(c);

		if (class == UC_BIDI_R || class == UC_BIDI_AL)
			return true;
		text = slice_from(text, n);
	}
	return false;
}

/* At most `most` characters of a text. */
static void write_text(struct buf *to, struct slice text, size_t most)
{
	struct slice trimmed = text_trim(text);
	struct slice shown = text_cut(trimmed, most);

	html_line(to, shown);
	if (shown.len < trimmed.len)
		buf_puts(to, ELLIPSIS);
}

/* The same among other texts, which it must not reorder. */
static void write_isolated(struct buf *to, struct slice text, size_t most)
{
	bool isolate = has_right_to_left(text);

	if (isolate)
		buf_puts(to, FSI);
	write_text(to, text, most);
	if (isolate)
		buf_puts(to, PDI);
}

static void write_name(const struct head *head, struct buf *to)
{
	write_isolated(to, head->name, LIMIT_DISPLAY_NAME);
}

static void write_handle(const struct head *head, struct buf *to)
{
	write_text(to, head->handle, LIMIT_HANDLE_MAX);
}

static void write_address(const struct head *head, const char *origin, struct buf *to)
{
	html_line(to, slice_of(origin));
	buf_puts(to, "/@");
	write_handle(head, to);
	if (head->crud) {
		buf_puts(to, "/status/");
		html_line(to, slice_of(head->crud));
	}
}

static void write_description(const struct head *head, struct buf *to)
{
	if (head->crud) {
		write_text(to, head->text, LIMIT_CRUD);
	} else if (text_is_visible(head->text)) {
		write_text(to, head->text, LIMIT_BIO);
	} else {
		buf_puts(to, "What ");
		write_name(head, to);
		buf_puts(to, " writes on Cruddur, until it expires.");
	}
}

/* Begin and end the content of <meta name="…"> and <meta property="…">. */
static void begin_meta(struct buf *to, const char *attribute, const char *name)
{
	buf_printf(to, "\n    <meta %s=\"%s\" content=\"", attribute, name);
}

static void end_meta(struct buf *to)
{
	buf_puts(to, "\" />");
}

static void write_time(struct buf *to, const char *property, int64_t us)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(us, text);
	begin_meta(to, "property", property);
	buf_puts(to, text);
	end_meta(to);
}

static void write_title(const struct head *head, struct buf *to)
{
	buf_puts(to, "<title>");
	write_name(head, to);
	if (head->crud) {
		buf_puts(to, ": ");
		write_isolated(to, head->text, TITLE_TEXT_MAX);
	} else {
		buf_puts(to, " (@");
		write_handle(head, to);
		buf_puts(to, ")");
	}
	buf_puts(to, " · Cruddur</title>");
}

static void write_open_graph(const struct head *head, const char *origin, struct buf *to)
{
	begin_meta(to, "property", "og:site_name");
	buf_puts(to, "Cruddur");
	end_meta(to);
	begin_meta(to, "property", "og:type");
	buf_puts(to, head->crud ? "article" : "profile");
	end_meta(to);
	begin_meta(to, "property", "og:title");
	write_name(head, to);
	buf_puts(to, " (@");
	write_handle(head, to);
	buf_puts(to, ")");
	end_meta(to);
	begin_meta(to, "property", "og:description");
	write_description(head, to);
	end_meta(to);
	begin_meta(to, "property", "og:url");
	write_address(head, origin, to);
	end_meta(to);
	if (head->crud) {
		write_time(to, "article:published_time", head->created_us);
		write_time(to, "article:expiration_time", head->expires_us);
	} else {
		begin_meta(to, "property", "profile:username");
		write_handle(head, to);
		end_meta(to);
	}
}

static void write_robots(const struct head *head, struct buf *to)
{
	char expires[CLOCK_TEXT_SIZE];

	clock_format(head->expires_us, expires);
	begin_meta(to, "name", "robots");
	buf_printf(to, "unavailable_after: %s", expires);
	end_meta(to);
}

static void write_head(const struct head *head, const char *origin, struct buf *to)
{
	write_title(head, to);
	begin_meta(to, "name", "description");
	write_description(head, to);
	end_meta(to);
	buf_puts(to, "\n    <link rel=\"canonical\" href=\"");
	write_address(head, origin, to);
	end_meta(to);
	write_open_graph(head, origin, to);
	begin_meta(to, "name", "twitter:card");
	buf_puts(to, "summary");
	end_meta(to);
	if (head->crud)
		write_robots(head, to);
}

/*
 * The part of `text` from `begin` to the next `end`, both included.
 * Returns false, and writes nothing, when `text` has no such part.
 */
static bool find(struct slice text, const char *begin, const char *end, struct slice *ret_part)
{
	const char *first = memmem(text.ptr, text.len, begin, strlen(begin));
	const char *last;

	if (!first)
		return false;
	last = memmem(first, text.len - (size_t)(first - text.ptr), end, strlen(end));
	if (!last)
		return false;
	*ret_part = (struct slice){first, (size_t)(last - first) + strlen(end)};
	return true;
}

/* Append `text` without its description. */
static void append_rest(struct buf *to, struct slice text)
{
	struct slice description;

	if (!find(text, "<meta name=\"description\"", ">", &description)) {
		buf_append(to, text.ptr, text.len);
		return;
	}
	buf_append(to, text.ptr, (size_t)(description.ptr - text.ptr));
	text = slice_from(text, (size_t)(description.ptr - text.ptr) + description.len);
	buf_append(to, text.ptr, text.len);
}

int head_write(const struct head *head, const char *origin, struct slice index,
	       struct buf *ret_page)
{
	struct slice title;
	size_t before;

	if (!find(index, "<title>", "</title>", &title))
		return ERR_INTERNAL;
	before = (size_t)(title.ptr - index.ptr);
	buf_reset(ret_page);
	append_rest(ret_page, (struct slice){index.ptr, before});
	write_head(head, origin, ret_page);
	append_rest(ret_page, slice_from(index, before + title.len));
	return ret_page->failed ? ERR_NO_MEMORY : 0;
}

/* Returns 0; ERR_INTERNAL when the file cannot be read or is too long; ERR_NO_MEMORY. */
static int read_index(const char *folder, struct buf *index)
{
	char path[512];
	int r = ERR_INTERNAL;
	ssize_t n = 0;
	char *to;
	int fd;

	if (snprintf(path, sizeof(path), "%s/index.html", folder) >= (int)sizeof(path))
		return ERR_INTERNAL;
	to = buf_reserve(index, HEAD_PAGE_MAX);
	if (!to)
		return ERR_NO_MEMORY;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return ERR_INTERNAL;
	while (index->len < HEAD_PAGE_MAX) {
		n = read(fd, to + index->len, HEAD_PAGE_MAX - index->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		index->len += (size_t)n;
	}
	if (n == 0)
		r = 0;
	close(fd);
	return r;
}

int head_write_file(const struct head *head, const char *origin, const char *folder,
		    struct buf *ret_page)
{
	buf_auto index = BUF_INIT(HEAD_PAGE_MAX);
	int r;

	r = read_index(folder, &index);
	return r < 0 ? r : head_write(head, origin, buf_slice(&index), ret_page);
}
