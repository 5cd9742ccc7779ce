/*
 * notification.h - what others did with somebody's cruds: replies, likes, reposts, mentions.
 *
 * They are made and taken back by the statements of what they tell of (activity.h), go with their
 * crud, and are counted with the account (struct profile).
 */
#ifndef NOTIFICATION_H
#define NOTIFICATION_H

#include "db/db.h"
#include "web/keyset.h"

#define NOTIFICATION_CURSOR "notifications" /* of KEYSET_FIELDS fields */

/* Write what `me` was told, newest first. Returns 0; ERR_CURSOR_INVALID; as db_query. */
int notification_list(struct db *db, const char *me, const struct page *page, const struct req *req,
		      struct resp *resp);

/* `me` has read all of it. Returns 0; as db_query. */
int notification_read(struct db *db, const char *me);

#endif
