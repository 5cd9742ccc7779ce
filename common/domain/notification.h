/*
 * notification.h - what others did with a person's cruds: replies, likes, reposts, mentions.
 *
 * The statements behind activity.h insert and delete notifications in the same transaction as the
 * act that they report. A notification ends with its crud, and is counted in the account (user.h).
 */
#ifndef NOTIFICATION_H
#define NOTIFICATION_H

#include "db/db.h"
#include "web/page.h"
#include "web/resp.h"

extern const struct page_kind notification_page;

/*
 * Write the notifications of `me`, newest first.
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

#endif
