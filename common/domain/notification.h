/*
 * notification.h - what others did with a person's cruds: replies, likes, reposts, mentions; and
 * who follows the person.
 *
 * The statements behind activity.h and relation.h insert and delete notifications in the same
 * transaction as the act that they report, unless the person does not want to hear of it
 * (settings.h). A notification ends with its crud, that of a follow
 * after 30 days. Those that are not read are counted in the account (user.h).
 */
#ifndef NOTIFICATION_H
#define NOTIFICATION_H

#include "db/db.h"
#include "web/ctx.h"
#include "web/page.h"
#include "web/resp.h"

/* The lists of notifications: all, and those of texts, which are replies and mentions. */
#define NOTIFICATION_PAGES 2
extern const struct page_kind notification_pages[NOTIFICATION_PAGES];

/*
 * Write the notifications of `me`, newest first.
 * page: of one of notification_pages.
 * Returns 0; PROBLEM_CURSOR_INVALID; as db_query; ERR_NO_MEMORY.
 */
int notification_list(struct db *db, const char *me, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Mark notifications of `me` as read. Marking them again changes nothing.
 *
 * newest: the UUID of the newest one to mark, with all that are older; NULL: all.
 * Returns 0; ERR_NOT_FOUND when `me` has no notification `newest` (any more); as db_query.
 */
int notification_read(struct db *db, const char *me, const char *newest)
	__attribute__((warn_unused_result));

/* Kinds of notifications, as an array of PostgreSQL: of a new crud or reply, a like, a repost. */
#define NOTIFICATION_WRITTEN  "{reply,mention}"
#define NOTIFICATION_LIKED    "{like}"
#define NOTIFICATION_REPOSTED "{repost}"

/*
 * Publish to each receiver the notifications of `kinds` that `actor` has caused with crud
 * `activity`, as notification_list writes them (sql/queries/notifications/made.sql). To be called
 * when they are committed. It never fails a request: if they cannot be read, an event is counted as
 * lost (publish.h).
 *
 * actor, activity: uuids. kinds: one of the three above.
 */
void notification_publish(struct ctx *ctx, const char *actor, const char *activity,
			  const char *kinds);

/*
 * The same for the notification that `actor` follows `followed` (notifications/followed.sql).
 *
 * actor, followed: uuids.
 */
void notification_publish_follow(struct ctx *ctx, const char *actor, const char *followed);

#endif
