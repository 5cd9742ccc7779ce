/*
 * activity.h - cruds and the replies to them: public, short-lived posts in PostgreSQL.
 *
 * A caller is a person's uuid, or "" for anonymous; signed-in callers see what they liked, reposted
 * and bookmarked. An expired crud does not exist for anybody. A reply expires with the crud that it
 * answers. Names are today's. All functions may return ERR_UNAVAILABLE, ERR_OVERLOADED (a write may
 * have happened then) and ERR_NO_MEMORY besides the errors that they name.
 */
#ifndef ACTIVITY_H
#define ACTIVITY_H

#include "db/db.h"
#include "web/ctx.h"
#include "web/field.h"
#include "web/idempotency.h"
#include "web/page.h"
#include "web/resp.h"

/* The pages of lists that are ordered newest first, of the list by end, and of a search. */
extern const struct page_kind activity_page;
extern const struct page_kind activity_following_page;
extern const struct page_kind activity_ending_page;
extern const struct page_kind activity_bookmarks_page;
extern const struct page_kind activity_search_page;

/* Write the newest cruds, without replies. Returns 0; PROBLEM_CURSOR_INVALID. */
int activity_home(struct db *db, const char *caller, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Write the feed of the people whom `me` follows, newest first: their cruds and those of `me`, and
 * the cruds of others that they have reposted, each with `reposted_by` or null. A page may have
 * fewer cruds than asked for although there are more; its link tells that.
 * Returns 0; PROBLEM_CURSOR_INVALID.
 */
int activity_following(struct db *db, const char *me, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Write the cruds that end within 3 hours, the next to end first, without replies.
 * Returns 0; PROBLEM_CURSOR_INVALID.
 */
int activity_ending(struct db *db, const char *caller, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Write the cruds that `me` has bookmarked, the latest bookmark first, replies included.
 * Returns 0; PROBLEM_CURSOR_INVALID.
 */
int activity_bookmarks(struct db *db, const char *me, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/* The lists of a person's page: their cruds, their replies, and the cruds that they have reposted.
 */
#define ACTIVITY_USER_PAGES 3
extern const struct page_kind activity_user_pages[ACTIVITY_USER_PAGES];

/*
 * Write the profile of the person with `handle` and the newest of a list of theirs: cruds and
 * replies by their own times, reposts by the time of the repost.
 * page: of one of activity_user_pages.
 * Returns 0; ERR_NOT_FOUND; PROBLEM_CURSOR_INVALID.
 */
int activity_of_user(struct db *db, const char *caller, struct slice handle,
		     const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Write the best of the newest matches of `term`, replies included.
 * term: valid UTF-8, at most LIMIT_SEARCH_TERM code points.
 * Returns 0; PROBLEM_CURSOR_INVALID.
 */
int activity_search(struct db *db, const char *caller, struct slice term, const struct page *page,
		    struct resp *resp) __attribute__((warn_unused_result));

/*
 * Write crud `uuid`, the cruds that it answers, the first of the discussion first, and the newest
 * replies to it. Of what it answers, at most LIMIT_ANCESTORS are written, the nearest ones, and
 * those that the caller cannot see are left out.
 * handle: of its author, for whom alone it is found; empty: any author.
 * Returns 0; ERR_NOT_FOUND; PROBLEM_CURSOR_INVALID.
 */
int activity_show(struct db *db, const char *caller, const char *uuid, struct slice handle,
		  const struct page *page, struct resp *resp) __attribute__((warn_unused_result));

/* The text of a crud or reply in a request body. */
extern const struct field activity_message_field;

/* A crud or reply that is to be created. */
struct activity_draft {
	struct slice message; /* at most LIMIT_CRUD code points */
	const char *interval; /* of a crud: its life time, from activity_interval */
	const char *reply_to; /* of a reply: uuid of the crud that it answers; else NULL */
};

/* The time to live `ttl` ("30-days", …) as PostgreSQL's interval; NULL when it is not allowed. */
const char *activity_interval(struct slice ttl);

/*
 * Create what `me` has written, notify the people that it answers and mentions, and write it.
 * With a key that has created a crud already, that crud is written as it was, and only its events
 * are published again.
 * Returns 0; ERR_REFERENCE when the caller is gone or the answered crud does not exist;
 * PROBLEM_IDEMPOTENCY_KEY_REUSED; PROBLEM_QUOTA_EXCEEDED.
 */
int activity_create(struct ctx *ctx, const char *me, const struct activity_draft *draft,
		    const struct idempotency *key, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Delete a crud or reply of `me`.
 * Returns 0; ERR_NOT_FOUND; PROBLEM_FORBIDDEN when another person wrote it.
 */
int activity_delete(struct db *db, const char *me, const char *uuid)
	__attribute__((warn_unused_result));

/*
 * Like, repost or bookmark crud `uuid`, or take that back, and write the crud. Repeating changes
 * nothing, and publishes the notification of a like or repost again.
 * Returns 0; ERR_NOT_FOUND; ERR_REFERENCE when `me` is gone.
 */
int activity_like(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
	__attribute__((warn_unused_result));
int activity_unlike(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
	__attribute__((warn_unused_result));
int activity_repost(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
	__attribute__((warn_unused_result));
int activity_unrepost(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
	__attribute__((warn_unused_result));
int activity_bookmark(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
	__attribute__((warn_unused_result));
int activity_unbookmark(struct ctx *ctx, const char *me, const char *uuid, struct resp *resp)
	__attribute__((warn_unused_result));

/* How many columns of a crud its statements begin with; further columns follow them. */
#define ACTIVITY_COLUMNS 13

/*
 * Write the crud in the first ACTIVITY_COLUMNS columns of row `row` as a JSON object.
 * signed_in: with what the caller did with it.
 */
void activity_write(struct jsonout *out, const PGresult *result, int row, bool signed_in);

#endif
