/*
 * pgwire.h - the messages that a PostgreSQL server sends, for pgserver.h.
 *
 *	type  length  body
 *	'D'   17      number of values, for each its length (-1: null) and its text
 *
 * PostgreSQL: "Message Formats", Frontend/Backend Protocol.
 */
#ifndef PGWIRE_H
#define PGWIRE_H

#include <stdio.h>

#include "base/buf.h"
#include "unit.h"

/* Append a number in network order. */
static inline void pgwire_put(struct buf *out, int bytes, uint32_t value)
{
	while (bytes-- > 0)
		buf_putc(out, (char)(value >> (8 * bytes)));
}

/* Append a message: its type, its length, and `len` bytes. */
static inline void pgwire_message(struct buf *out, char type, const char *bytes, size_t len)
{
	buf_putc(out, type);
	pgwire_put(out, 4, (uint32_t)len + 4);
	buf_append(out, bytes, len);
}

static inline void pgwire_error(struct buf *out, const char *state, const char *message)
{
	char text[512];
	int len = snprintf(text, sizeof(text), "SERROR%cC%s%cM%s%c", 0, state, 0,
			   message ? message : "as scripted", 0);

	pgwire_message(out, 'E', text, (size_t)len + 1);
}

/* RowDescription: each column as text. */
static inline void pgwire_describe(struct buf *out, const char *columns)
{
	buf_auto body = BUF_INIT(16384);
	struct slice rest = slice_of(columns);
	uint32_t count = 0;

	while (rest.len) {
		struct slice name = slice_cut(&rest, ' ');

		buf_append(&body, name.ptr, name.len);
		pgwire_put(&body, 1, 0);
		pgwire_put(&body, 4, 0);  /* table */
		pgwire_put(&body, 2, 0);  /* its column */
		pgwire_put(&body, 4, 25); /* text */
		pgwire_put(&body, 2, 0xffff);
		pgwire_put(&body, 4, 0xffffffff);
		pgwire_put(&body, 2, 0);
		count++;
	}
	buf_putc(out, 'T');
	pgwire_put(out, 4, (uint32_t)body.len + 6);
	pgwire_put(out, 2, count);
	buf_append(out, body.data, body.len);
}

/* DataRow, of "a|b". */
static inline void pgwire_row(struct buf *out, struct slice row)
{
	buf_auto body = BUF_INIT(65536);
	uint32_t count = 0;

	for (bool last = false; !last; count++) {
		const char *end = memchr(row.ptr, '|', row.len);
		struct slice value = slice_cut(&row, '|');

		last = !end;
		pgwire_put(&body, 4, slice_is(value, "\\N") ? 0xffffffff : (uint32_t)value.len);
		if (!slice_is(value, "\\N"))
			buf_append(&body, value.ptr, value.len);
	}
	buf_putc(out, 'D');
	pgwire_put(out, 4, (uint32_t)body.len + 6);
	pgwire_put(out, 2, count);
	buf_append(out, body.data, body.len);
}

/* Each row of "a|b\nc|d" as DataRow, and CommandComplete. */
static inline void pgwire_rows(struct buf *out, const char *rows)
{
	struct slice rest = slice_of(rows ? rows : "");

	while (rest.len)
		pgwire_row(out, slice_cut(&rest, '\n'));
	pgwire_message(out, 'C', "SELECT 1", 9);
}

#endif
