/* conversation_messages.c - reading the messages of a conversation; see conversation.h. */
#include <string.h>

#include "aws/dynamodb.h"
#include "base/clock.h"
#include "base/err.h"
#include "domain/conversation.h"
#include "domain/conversation_members.h"
#include "requests.h"
#include "web/problem.h"

const struct page_kind conversation_messages_page = {"messages", 2};

/*
 * The direction in a cursor: on which side of its time the page lies, and how it was reached.
 *
 *	"older"	the messages before it: rel="next" of a page
 *	"prev"	the messages after it: rel="prev" of a page
 *	"newer"	the same, as a page that `after` began: its rel="next" leads to newer messages, too
 */
#define OLDER "older"
#define PREV  "prev"
#define NEWER "newer"

/* --- the place of a page --------------------------------------------------------------------- */

/* How many of the parameters that choose a page are given. Returns a count; as req_query. */
static int count_given(const struct req *req)
{
	static const char *const names[] = {"cursor", "after", "before", "around"};
	int count = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct slice value;
		int r = req_query(req, names[i], &value);

		if (r < 0 && r != ERR_NOT_FOUND)
			return r;
		count += r == 0;
	}
	return count;
}

int message_place_from_query(const struct req *req, struct message_place *ret_place)
{
	static const struct {
		const char *name;
		enum place_kind kind;
		int invalid;
	} places[] = {
		{"after", PLACE_AFTER, PROBLEM_AFTER_INVALID},
		{"before", PLACE_BEFORE, PROBLEM_BEFORE_INVALID},
		{"around", PLACE_AROUND, PROBLEM_AROUND_INVALID},
	};
	struct message_place place = {.kind = PLACE_NONE};
	int r;

	r = count_given(req);
	if (r < 0)
		return r;
	if (r > 1)
		return PROBLEM_QUERY_INVALID;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char uuid[UUID_SIZE];
		bool given;

		r = req_query_uuid(req, places[i].name, &given, uuid);
		if (r == ERR_INVALID)
			return places[i].invalid;
		if (r < 0)
			return r;
		if (!given)
			continue;
		if (uuid_v7_time(uuid, &place.us) < 0)
			return places[i].invalid;
		place.kind = places[i].kind;
	}
	*ret_place = place;
	return 0;
}

/* --- what a page shows ----------------------------------------------------------------------- */

/* One side of a page: the messages next to a time, in one direction. */
struct side {
	bool read;
	int limit; /* messages to show; one more is read, to know whether there are more */
	char at[CONVERSATION_TIME_SIZE]; /* exclusive; "": the end of the conversation */
};

/* A page: messages before a time, then messages after a time. */
struct window {
	struct side older, newer;
	bool forward;	   /* rel="next" leads to newer messages */
	bool older_exists; /* whatever is read: the page was reached from older messages */
	bool newer_exists; /* … from newer ones */
};

/* Returns 0; PROBLEM_CURSOR_INVALID. */
static int window_of_cursor(const struct page *page, struct window *window)
{
	const char *direction = page->fields[0];
	struct slice at = slice_of(page->fields[1]);
	struct side *side;
	int64_t us;

	if (strcmp(direction, OLDER) == 0) {
		side = &window->older;
		window->newer_exists = true;
	} else if (strcmp(direction, PREV) == 0) {
		side = &window->newer;
		window->older_exists = true;
	} else if (strcmp(direction, NEWER) == 0) {
		side = &window->newer;
		window->forward = true;
	} else {
		return PROBLEM_CURSOR_INVALID;
	}
	if (clock_parse(at, &us) < 0 || !slice_copy(at, side->at, sizeof(side->at)))
		return PROBLEM_CURSOR_INVALID;
	side->read = true;
	side->limit = page->limit;
	return 0;
}

/*
 * Returns 0; PROBLEM_CURSOR_INVALID. Of two sides that meet in a place, the newer one has the
 * message that is there.
 */
static int window_of(const struct page *page, const struct message_place *place,
		     struct window *ret_window)
{
	struct window window = {0};
	int r = 0;

	switch (place->kind) {
	case PLACE_NONE:
		if (page->has_cursor)
			r = window_of_cursor(page, &window);
		else
			window.older = (struct side){.read = true, .limit = page->limit};
		break;
	case PLACE_AFTER:
		window.newer = (struct side){.read = true, .limit = page->limit};
		window.forward = true;
		clock_format(place->us, window.newer.at);
		break;
	case PLACE_BEFORE:
	case PLACE_AROUND:
		window.older.limit = place->kind == PLACE_BEFORE ? page->limit : page->limit / 2;
		window.newer.limit = page->limit - window.older.limit;
		window.older.read = window.newer.read = true;
		clock_format(place->us, window.older.at);
		clock_format(place->us - 1, window.newer.at);
		break;
	}
	if (r == 0)
		*ret_window = window;
	return r;
}

/* --- reading it ------------------------------------------------------------------------------ */

/* A page as far as it has been written. */
struct written {
	size_t count;
	char first_at[CONVERSATION_TIME_SIZE]; /* created_at of the first and the last message */
	char last_at[CONVERSATION_TIME_SIZE];
	bool more_older, more_newer;
};

/*
 * Query a side. named: with the names that are stored in the messages, a fallback for people whom
 * PostgreSQL does not know.
 */
static int query_side(struct ctx *ctx, const char *group, const struct side *side, bool newer,
		      bool named, const struct dynamodb_answer **ret_answer)
{
	const int64_t limit = side->limit + 1;
	struct slice at = *side->at ? slice_of(side->at) : (struct slice){0};

	if (newer)
		return dynamodb_send(ctx->dynamodb,
				     REQUEST(Query, messages_newer, .group = slice_of(group),
					     .limit = limit, .named = named, .after = at),
				     ret_answer);
	return dynamodb_send(ctx->dynamodb,
			     REQUEST(Query, messages_older, .group = slice_of(group),
				     .limit = limit, .named = named, .before = at),
			     ret_answer);
}

/* Write a side, oldest message first. Returns 0; ERR_INTERNAL. */
static int write_side(struct jsonout *out, const struct dynamodb_answer *answer,
		      const struct side *side, bool newer, const struct names *names,
		      struct written *written)
{
	size_t limit = (size_t)side->limit;
	size_t shown = answer->count < limit ? answer->count : limit;
	struct item_message message;
	int r;

	for (size_t i = 0; i < shown; i++) {
		r = item_read_message(&answer->items[newer ? i : shown - 1 - i], &message);
		if (r < 0)
			return r;
		conversation_write_message(out, &message, names, NULL);
		if (!slice_copy(message.created_at, written->last_at, sizeof(written->last_at)))
			return ERR_INTERNAL;
		if (written->count++ == 0)
			memcpy(written->first_at, written->last_at, sizeof(written->first_at));
	}
	*(newer ? &written->more_newer : &written->more_older) = answer->count > limit;
	return 0;
}

/* Read and write the messages of a window, and at the same time read the names of both members. */
static int write_window(struct ctx *ctx, const char *me, const char *other, const char *group,
			const struct window *window, struct jsonout *out, struct written *written)
{
	const struct slice members[] = {slice_of(me), slice_of(other)};
	const struct side *sides[] = {&window->older, &window->newer};
	const struct dynamodb_answer *answer;
	names_auto names = {0};
	bool has_names = false, named = false;
	int r;

	r = names_send(ctx->db, members, 2, &names);
	for (size_t i = 0; r == 0 && i < 2; i++) {
		bool newer = i == 1;

		if (!sides[i]->read)
			continue;
		r = query_side(ctx, group, sides[i], newer, named, &answer);
		if (r == 0 && !has_names) {
			has_names = true;
			r = names_receive(ctx->db, &names);
			named = r == 0 && names_count(&names) < 2;
			if (named)
				r = query_side(ctx, group, sides[i], newer, named, &answer);
		}
		if (r == 0)
			r = write_side(out, answer, sides[i], newer, &names, written);
	}
	return r;
}

/* Where the messages before and after a page begin; NULL when there are none. */
static const char *older_at(const struct window *window, const struct written *written)
{
	if (written->more_older && window->older.limit == 0)
		return window->older.at;
	if (written->more_older || (window->older_exists && written->count))
		return written->first_at;
	return NULL;
}

static const char *newer_at(const struct window *window, const struct written *written)
{
	if (written->more_newer && window->newer.limit == 0)
		return window->newer.at;
	if (written->more_newer || (window->newer_exists && written->count))
		return written->last_at;
	return NULL;
}

static int write_links(const struct page *page, const struct window *window,
		       const struct written *written, struct resp *resp)
{
	const char *older = older_at(window, written), *newer = newer_at(window, written);
	const char *to_older[] = {OLDER, older}, *to_newer[] = {NEWER, newer};
	const char *to_prev[] = {PREV, newer};

	if (window->forward)
		return page_links(page, newer ? to_newer : NULL, newer ? to_prev : NULL, resp);
	return page_links(page, older ? to_older : NULL, newer ? to_prev : NULL, resp);
}

int conversation_messages(struct ctx *ctx, const char *me, const char *group,
			  const struct page *page, const struct message_place *place,
			  struct resp *resp)
{
	struct written written = {0};
	struct window window;
	char other[UUID_SIZE];
	enum waiting waiting;
	struct jsonout *out;
	int r;

	r = conversation_other_member(ctx, me, group, other, &waiting);
	if (r < 0)
		return r;
	r = window_of(page, place, &window);
	if (r < 0)
		return r;

	out = resp_json(resp);
	jsonout_array(out);
	r = write_window(ctx, me, other, group, &window, out, &written);
	if (r < 0)
		return r;
	jsonout_array_end(out);
	r = write_links(page, &window, &written, resp);
	if (r < 0)
		return r;
	return resp_json_end(resp);
}
