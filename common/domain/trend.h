/*
 * trend.h - the tags that most people use in living cruds.
 *
 * bin/jobs counts them once a minute (sql/migrations, trends_refresh).
 */
#ifndef TREND_H
#define TREND_H

#include "db/db.h"
#include "web/resp.h"

/*
 * Write the tags that most people use, at least 3 people each, at most 20 tags, as `caller` sees
 * them: people between whom and the caller there is a block are not counted.
 *
 * caller: uuid, NUL-terminated; "": anonymous.
 * Returns 0; as db_query; ERR_NO_MEMORY.
 */
int trend_list(struct db *db, const char *caller, struct resp *resp)
	__attribute__((warn_unused_result));

#endif
