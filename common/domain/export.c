/* export.c - see export.h. */
#include "domain/export.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "db/db.h"
#include "queries.h"
#include "web/problem.h"

#define NUMBER_MAX  1000000 /* of parts */
#define NUMBER_SIZE 12	    /* of one as text */

const struct page_kind export_page = {"export", 1};

/* Columns of exports/part.sql. */
enum { READY, REQUESTED_AT, LINES, MORE };

/* The number of the part that is asked for. Returns 0; PROBLEM_CURSOR_INVALID. */
static int read_number(const struct page *page, uint64_t *ret_number)
{
	*ret_number = 0;
	if (!page->has_cursor ||
	    slice_number(slice_of(page->fields[0]), 10, NUMBER_MAX, ret_number))
		return 0;
	return PROBLEM_CURSOR_INVALID;
}

/* The export is not ready; it was asked for at `requested_us` since 1970. */
static int write_waiting(int64_t requested_us, struct resp *resp)
{
	char requested_at[CLOCK_TEXT_SIZE];
	struct jsonout *out = resp_json(resp);

	clock_format(requested_us, requested_at);
	resp->status = 202;
	buf_printf(&resp->headers, "Retry-After: %d\r\n", EXPORT_RETRY_S);
	jsonout_object(out);
	jsonout_member_text(out, "requested_at", requested_at);
	jsonout_object_end(out);
	return resp_json_end(resp);
}

static int begin(struct ctx *ctx, const char *me, struct resp *resp)
{
	pg_result_auto *result = NULL;
	int r;

	r = db_query(ctx->db, &query_exports_request, 1, (const char *const[]){me}, &result);
	return r < 0 ? r : write_waiting(db_integer(result, 0, 0), resp);
}

static int write_part(const PGresult *part, const struct page *page, uint64_t number,
		      struct resp *resp)
{
	const struct slice lines = db_value(part, 0, LINES);
	char next[NUMBER_SIZE];

	buf_reset(&resp->body);
	buf_append(&resp->body, lines.ptr, lines.len);
	if (resp->body.failed)
		return ERR_NO_MEMORY;
	resp->content_type = EXPORT_TYPE;
	buf_puts(&resp->headers,
		 "Content-Disposition: attachment; filename=\"cruddur-export.jsonl\"\r\n");
	if (!slice_is(db_value(part, 0, MORE), "t"))
		return 0;
	snprintf(next, sizeof(next), "%llu", (unsigned long long)number + 1);
	return page_next(page, (const char *[]){next}, resp);
}

int export_show(struct ctx *ctx, const char *me, const struct page *page, struct resp *resp)
{
	char text[NUMBER_SIZE];
	pg_result_auto *part = NULL;
	uint64_t number;
	int r;

	r = read_number(page, &number);
	if (r < 0)
		return r;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	r = db_query(ctx->db, &query_exports_part, 2, (const char *const[]){me, text}, &part);
	if (r < 0)
		return r;
	if (PQntuples(part) == 0)
		return page->has_cursor ? PROBLEM_CURSOR_INVALID : begin(ctx, me, resp);
	if (!slice_is(db_value(part, 0, READY), "t"))
		return write_waiting(db_integer(part, 0, REQUESTED_AT), resp);
	if (db_null(part, 0, LINES))
		return PROBLEM_CURSOR_INVALID;
	return write_part(part, page, number, resp);
}
