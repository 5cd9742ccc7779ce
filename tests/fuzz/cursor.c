/* cursor.c - any bytes behind a cursor's base64url, read by a list of their kind and by another. */
#include "fuzz.h"

#include "base/base64url.h"
#include "base/err.h"
#include "web/keyset.h"
#include "web/page.h"
#include "web/problem.h"

/* The kind that the bytes name: what is before the first '|'. */
static void name_of(const uint8_t *data, size_t size, char name[PAGE_CURSOR_MAX])
{
	size_t len = 0;

	while (len < size && len < PAGE_CURSOR_MAX - 1 && data[len] != '|' && data[len] != '\0')
		len++;
	memcpy(name, data, len);
	name[len] = '\0';
}

static void check_fields(const struct page *page)
{
	struct keyset place;
	int64_t us;

	for (size_t n = 0; n < page->kind->fields; n++)
		ALWAYS(strlen(page->fields[n]) < PAGE_CURSOR_MAX);
	if (page->kind->fields >= KEYSET_FIELDS && keyset_read(page->fields, &place) == 0) {
		ALWAYS(clock_parse(slice_of(place.created_at), &us) == 0);
		ALWAYS(strlen(place.uuid) == UUID_SIZE - 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[PAGE_CURSOR_MAX];
	const char *const names[] = {name, "another"};
	buf_auto query = BUF_INIT(1 << 20);
	buf_auto scratch = BUF_INIT(32768);
	struct req req = {.scratch = &scratch};

	name_of(data, size, name);
	buf_puts(&query, "cursor=");
	base64url_encode((struct slice){(const char *)data, size}, &query);
	req.query = buf_slice(&query);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t fields = 1; fields <= PAGE_FIELDS_MAX; fields++) {
			const struct page_kind kind = {names[i], fields};
			struct page page;
			int r;

			buf_reset(&scratch);
			r = page_from_query(&req, &kind, &page);
			ALWAYS(r == 0 || r == PROBLEM_CURSOR_INVALID || r == ERR_NO_MEMORY);
			if (r == 0 && page.has_cursor)
				check_fields(&page);
		}
	return 0;
}
