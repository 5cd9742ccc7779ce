/*
 * export.h - what a person gets of all their data: JSON Lines, one object in each line.
 *
 *	GET ── 202 ──▶ row in `exports` ── bin/jobs ──▶ parts in `export_parts` ── GET ──▶ 200, a
 *day long
 *
 * Any replica serves what the job has written. A part ends with a line; most exports have one.
 */
#ifndef EXPORT_H
#define EXPORT_H

#include "web/ctx.h"
#include "web/page.h"
#include "web/resp.h"

#define EXPORT_TYPE	  "application/jsonl"
#define EXPORT_RETRY_S	  30	 /* after which a client asks again */
#define EXPORT_PART_BYTES 524288 /* of a part; a longer line makes a longer one */

/* The cursor of export_show: the number of a part. */
extern const struct page_kind export_page;

/*
 * Write a part of the export of person `me`, with a link to the next one. Without an export that is
 * less than a day old one begins, and the answer is 202 until it is ready.
 * Returns 0; PROBLEM_CURSOR_INVALID when there is no such part; ERR_REFERENCE when `me` is gone; as
 * db_query; ERR_NO_MEMORY.
 */
int export_show(struct ctx *ctx, const char *me, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

#endif
