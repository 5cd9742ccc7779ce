/* cursor.c - any bytes behind a cursor's base64url, for each kind of list. */
#include "fuzz.h"

#include "base/base64url.h"
#include "base/err.h"
#include "domain/activity.h"
#include "domain/conversation.h"
#include "domain/notification.h"
#include "web/keyset.h"
#include "web/page.h"
#include "web/problem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct page_kind *const lists[] = {
		&conversation_list_page, &conversation_messages_page, &activity_page,
		&activity_search_page,	 &notification_page,
	};
	buf_auto query = BUF_INIT(1 << 20);
	buf_auto scratch = BUF_INIT(32768);
	struct req req = {.scratch = &scratch};

	buf_puts(&query, "cursor=");
	base64url_encode((struct slice){(const char *)data, size}, &query);
	req.query = buf_slice(&query);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct page page;
		struct keyset place;
		int r;

		buf_reset(&scratch);
		r = page_from_query(&req, lists[i], &page);
		ALWAYS(r == 0 || r == PROBLEM_CURSOR_INVALID || r == ERR_NO_MEMORY);
		if (r < 0)
			continue;
		if (!page.has_cursor)
			continue;
		for (size_t n = 0; n < page.kind->fields; n++)
			ALWAYS(strlen(page.fields[n]) < PAGE_CURSOR_MAX);
		if (keyset_read(page.fields, &place) == 0) {
			int64_t us;

			ALWAYS(clock_parse(slice_of(place.created_at), &us) == 0);
			ALWAYS(strlen(place.uuid) == UUID_SIZE - 1);
		}
	}
	return 0;
}
