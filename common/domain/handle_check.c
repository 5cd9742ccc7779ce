/* handle_check.c - see handle_check.h. */
#include "domain/handle_check.h"

#include <stdio.h>

#include "base/err.h"
#include "base/handle.h"
#include "base/text.h"
#include "limit.h"
#include "queries.h"

/* A suffix must change the skeleton of a handle: no _, and no digit that looks like a letter. */
static const char *const suffixes[] = {"",   "2",  "3",	 "4",  "6",  "7",  "8", "9",
				       "22", "33", "44", "66", "77", "88", "99"};
#define CANDIDATES (sizeof(suffixes) / sizeof(suffixes[0]))

/* The handles that PostgreSQL is asked about. */
struct candidates {
	char handles[CANDIDATES][LIMIT_HANDLE_MAX + 1]; /* the first may be "" */
	struct buf array;				/* the same, for PostgreSQL */
	PGresult *taken;
};

static void dispose(struct candidates *candidates)
{
	buf_dispose(&candidates->array);
	PQclear(candidates->taken);
}

/* The characters of `text` that a handle may have, as many as fit. */
static void keep_letters(struct slice text, char to[LIMIT_HANDLE_MAX + 1])
{
	size_t len = 0;

	for (size_t i = 0; i < text.len && len < LIMIT_HANDLE_MAX; i++) {
		const char pair[] = {text.ptr[i], 'a'};

		if (handle_valid((struct slice){pair, sizeof(pair)}))
			to[len++] = text.ptr[i];
	}
	to[len] = '\0';
}

/* The handle itself, and it with each suffix. Handles that nobody may have become "". */
static void make(struct slice text, struct candidates *candidates)
{
	char base[LIMIT_HANDLE_MAX + 1];

	keep_letters(text, base);
	for (size_t i = 0; i < CANDIDATES; i++) {
		char *handle = candidates->handles[i];
		int room = LIMIT_HANDLE_MAX - (int)strlen(suffixes[i]);

		snprintf(handle, LIMIT_HANDLE_MAX + 1, "%.*s%s", room, base, suffixes[i]);
		if (!*base || !handle_valid(slice_of(handle)) || handle_reserved(slice_of(base)) ||
		    handle_reserved(slice_of(handle)))
			*handle = '\0';
	}
}

/* Ask which candidates are taken. Returns 0; as db_query; ERR_NO_MEMORY. */
static int ask(struct db *db, struct candidates *candidates)
{
	struct buf *array = &candidates->array;

	array->max = sizeof(candidates->handles) + 2 + CANDIDATES;
	buf_putc(array, '{');
	for (size_t i = 0; i < CANDIDATES; i++) {
		if (!*candidates->handles[i])
			continue;
		if (array->len > 1)
			buf_putc(array, ',');
		buf_puts(array, candidates->handles[i]);
	}
	buf_putc(array, '}');
	if (array->failed)
		return ERR_NO_MEMORY;
	return db_query(db, &query_users_handles_taken, 1, (const char *[]){array->data},
			&candidates->taken);
}

static bool is_taken(const struct candidates *candidates, const char *handle)
{
	for (int row = 0; row < PQntuples(candidates->taken); row++)
		if (slice_is(db_value(candidates->taken, row, 0), handle))
			return true;
	return false;
}

/* Why nobody can register `text`, an error code; NULL when it is available. */
static const char *reason_of(const struct candidates *candidates, struct slice text)
{
	if (!handle_valid(text))
		return "handle_invalid";
	if (handle_reserved(text))
		return "handle_reserved";
	return is_taken(candidates, candidates->handles[0]) ? "handle_taken" : NULL;
}

static void write_suggestions(const struct candidates *candidates, struct jsonout *out)
{
	size_t count = 0;

	for (size_t i = 0; i < CANDIDATES && count < HANDLE_SUGGESTIONS_MAX; i++) {
		const char *handle = candidates->handles[i];

		if (!*handle || is_taken(candidates, handle))
			continue;
		jsonout_text(out, handle);
		count++;
	}
}

int handle_check_write(struct db *db, struct slice text, struct resp *resp)
{
	__attribute__((cleanup(dispose))) struct candidates candidates = {0};
	struct jsonout *out;
	const char *reason;
	int r;

	text = text_trim(text);
	make(text, &candidates);
	r = ask(db, &candidates);
	if (r < 0)
		return r;
	reason = reason_of(&candidates, text);

	out = resp_json(resp);
	jsonout_object(out);
	jsonout_member_bool(out, "available", reason == NULL);
	jsonout_member_text(out, "reason", reason);
	jsonout_key(out, "suggestions");
	jsonout_array(out);
	if (reason)
		write_suggestions(&candidates, out);
	jsonout_array_end(out);
	jsonout_object_end(out);
	return resp_json_end(resp);
}
