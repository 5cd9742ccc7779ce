/* query.c - any request target, PATH?QUERY: paths, parameters, limits, cursors, and the link to the
 * next page, which must be one header and contain the fields of the cursor. */
#include "fuzz.h"

#include "base/err.h"
#include "base/uuid.h"
#include "web/page.h"
#include "web/problem.h"
#include "web/req.h"

#define FIELDS 2

static const struct page_kind kind = {"messages", FIELDS};

static const char *const fields[FIELDS] = {"older", "2026-11-22T12:00:00.123456+00:00"};

/* Request the link that page_next has written. */
static void follow(struct resp *resp, struct buf *scratch)
{
	static const char begin[] = "Link: </";
	static const char end[] = ">; rel=\"next\"\r\n";
	struct slice link = buf_slice(&resp->headers);
	struct req req = {.scratch = scratch};
	struct page page;
	const char *query;

	ALWAYS(link.len > sizeof(begin) + sizeof(end));
	ALWAYS(memcmp(link.ptr, begin, sizeof(begin) - 1) == 0);
	link.len -= sizeof(end) - 1;
	ALWAYS(memcmp(link.ptr + link.len, end, sizeof(end) - 1) == 0);
	link.ptr += sizeof(begin) - 1;
	link.len -= sizeof(begin) - 1;
	ALWAYS(!memchr(link.ptr, '\r', link.len) && !memchr(link.ptr, '\n', link.len) &&
	       !memchr(link.ptr, '>', link.len));
	query = memchr(link.ptr, '?', link.len);
	ALWAYS(query);
	req.query = (struct slice){query + 1, link.len - (size_t)(query + 1 - link.ptr)};
	buf_reset(scratch);
	ALWAYS(page_from_query(&req, &kind, &page) == 0 && page.has_cursor);
	for (size_t i = 0; i < FIELDS; i++)
		ALWAYS(strcmp(page.fields[i], fields[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const patterns[] = {"/api/messages/{group_uuid}/{uuid}",
					       "/api/users/@{handle}/short", "/{a}/{b}/{c}/{d}",
					       "/api/message_groups"};
	char *copy = fuzz_copy((struct slice){(const char *)data, size});
	const char *mark = size > 0 ? memchr(copy, '?', size) : NULL;
	buf_auto scratch = BUF_INIT(32768);
	struct resp resp = {.headers = BUF_INIT(8192)};
	struct req req = {.scratch = &scratch};
	struct slice value;
	struct page page;
	char uuid[UUID_SIZE];
	bool given;
	int r;

	req.path = (struct slice){copy, mark ? (size_t)(mark - copy) : size};
	if (mark)
		req.query = (struct slice){mark + 1, size - req.path.len - 1};
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		buf_reset(&scratch);
		if (req_match(&req, patterns[i]) < 0)
			continue;
		for (size_t n = 0; n < req.params_count; n++)
			ALWAYS(!memchr(req.params[n].value.ptr, '\0', req.params[n].value.len));
		(void)req_param_uuid(&req, "group_uuid", uuid);
	}
	buf_reset(&scratch);
	if (req_query(&req, "after", &value) == 0)
		ALWAYS(!memchr(value.ptr, '\0', value.len));
	if (req_query_uuid(&req, "after", &given, uuid) == 0 && given)
		ALWAYS(strlen(uuid) == UUID_SIZE - 1);
	buf_reset(&scratch);
	r = page_from_query(&req, &kind, &page);
	ALWAYS(r == 0 || r == PROBLEM_LIMIT_INVALID || r == PROBLEM_CURSOR_INVALID ||
	       r == PROBLEM_QUERY_INVALID || r == ERR_NO_MEMORY);
	if (r == 0) {
		ALWAYS(page.limit >= 1 && page.limit <= 100);
		/* Only a path that a route has matched gets a page. */
		page.path = SLICE("/api/messages/5ae290ed-55d1-47a0-bc6d-fe2bc2700399");
		if (page_next(&page, fields, &resp) == 0)
			follow(&resp, &scratch);
	}
	buf_dispose(&resp.headers);
	free(copy);
	return 0;
}
