/*
 * activity.h - cruds and the replies to them: public, short-lived posts, kept in PostgreSQL.
 *
 * A caller is a user's uuid, or "" for anybody: who calls is told what they liked and reposted.
 * What has expired is not there, for anybody. A reply lives as long as what it answers and goes
 * with it. Names are today's. All functions may return ERR_UNAVAILABLE, ERR_OVERLOADED (a write may
 * then have happened) and ERR_NO_MEMORY besides what they name.
 */
#ifndef ACTIVITY_H
#define ACTIVITY_H

#include "base/buf.h"
#include "db/db.h"
#include "web/field.h"
#include "web/idempotency.h"
#include "web/keyset.h"
#include "web/page.h"
#include "web/req.h"
#include "web/resp.h"

struct ctx;

/* The cursors of the lists, for page_from_query. The first serves all that are newest first. */
#define ACTIVITY_CURSOR	       "cruds"
#define ACTIVITY_SEARCH_CURSOR "found"
#define ACTIVITY_SEARCH_FIELDS 4

/* Write the newest cruds of all, without replies. Returns 0; ERR_CURSOR_INVALID. */
int activity_home(struct db *db, const char *caller, const struct page *page, const struct req *req,
		  struct resp *resp);

/*
 * Write the profile of the person with `handle` and their newest cruds, without replies.
 * Returns 0; ERR_NOT_FOUND; ERR_CURSOR_INVALID.
 */
int activity_of_user(struct db *db, const char *caller, struct slice handle,
		     const struct page *page, const struct req *req, struct resp *resp);

/*
 * Write the best of the newest matches of `term`, replies too: valid UTF-8, LIMIT_SEARCH_TERM code
 * points at most. Returns 0; ERR_CURSOR_INVALID.
 */
int activity_search(struct db *db, const char *caller, struct slice term, const struct page *page,
		    const struct req *req, struct resp *resp);

/*
 * Write crud `uuid` and the newest replies to it.
 * handle: whose it must be; empty: anybody's.
 * Returns 0; ERR_NOT_FOUND; ERR_CURSOR_INVALID.
 */
int activity_show(struct db *db, const char *caller, const char *uuid, struct slice handle,
		  const struct page *page, const struct req *req, struct resp *resp);

/* The text of a crud or reply in a request. */
extern const struct field activity_message_field;

/* What somebody writes: a crud, or a reply. */
struct draft {
	struct slice message; /* LIMIT_CRUD code points at most */
	const char *interval; /* of a crud: how long it lives, from activity_interval */
	const char *reply_to; /* of a reply: uuid of what it answers; else NULL */
};

/* The time to live `ttl` ("30-days", …) as PostgreSQL reads it; NULL when it is none of ours. */
const char *activity_interval(struct slice ttl);

/*
 * Keep what `me` has written, tell whom it answers and mentions, and write it. With a key that has
 * made one already, that one is written as it was and nothing else happens.
 * Returns 0; ERR_NOT_FOUND when what it answers is not there; ERR_IDEMPOTENCY_KEY_REUSED.
 */
int activity_create(struct db *db, const char *me, const struct draft *draft,
		    const struct idempotency *key, struct resp *resp);

/* Delete a crud or reply of `me`. Returns 0; ERR_NOT_FOUND; ERR_FORBIDDEN: somebody else's. */
int activity_delete(struct db *db, const char *me, const char *uuid);

/*
 * Like crud `uuid`, repost it, or take that back, and write the crud; a second time changes
 * nothing. Returns 0; ERR_NOT_FOUND.
 */
int activity_like(struct db *db, const char *me, const char *uuid, struct resp *resp);
int activity_unlike(struct db *db, const char *me, const char *uuid, struct resp *resp);
int activity_repost(struct db *db, const char *me, const char *uuid, struct resp *resp);
int activity_unrepost(struct db *db, const char *me, const char *uuid, struct resp *resp);

/*
 * Do one of these four as who calls, to the crud that the path names by {uuid}.
 * Returns what `change` returns; otherwise as user_require and req_param_uuid.
 */
int activity_change(struct ctx *ctx, const struct req *req, struct resp *resp,
		    int (*change)(struct db *, const char *, const char *, struct resp *));

/* The columns of a crud, with which the statements that give cruds begin. */
enum activity_column {
	ACTIVITY_UUID,
	ACTIVITY_DISPLAY_NAME,
	ACTIVITY_HANDLE,
	ACTIVITY_MESSAGE,
	ACTIVITY_REPLIES_COUNT,
	ACTIVITY_REPOSTS_COUNT,
	ACTIVITY_LIKES_COUNT,
	ACTIVITY_REPLY_TO,
	ACTIVITY_EXPIRES_US,
	ACTIVITY_CREATED_US,
	ACTIVITY_LIKED,
	ACTIVITY_REPOSTED,
	ACTIVITY_COLUMNS
};

/* Write the crud in `row` of such a result; signed_in: also what its caller did with it. */
void activity_write(struct jsonout *out, const PGresult *result, int row, bool signed_in);

#endif
