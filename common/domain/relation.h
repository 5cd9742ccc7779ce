/*
 * relation.h - what is between people: who follows whom.
 */
#ifndef RELATION_H
#define RELATION_H

#include "db/db.h"
#include "web/ctx.h"
#include "web/page.h"
#include "web/resp.h"

/*
 * `me` follows the person with `handle`, or no longer. Doing it again changes nothing. Writes the
 * relation as it is afterwards (docs/openapi.yaml, Relation).
 *
 * me: uuid of the caller, NUL-terminated. handle: in any case.
 * Returns 0; ERR_NOT_FOUND when nobody has the handle, or it cannot be one; ERR_REFERENCE when `me`
 * is gone; PROBLEM_INVALID with the code user_is_self; PROBLEM_QUOTA_EXCEEDED; as db_query;
 * ERR_NO_MEMORY.
 */
int relation_follow(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
	__attribute__((warn_unused_result));
int relation_unfollow(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
	__attribute__((warn_unused_result));

extern const struct page_kind relation_followers_page, relation_following_page;

/*
 * Write the people who follow the person with `handle`, or whom the person follows, latest first,
 * as `caller` sees them (person.h).
 *
 * caller: uuid, NUL-terminated; "": anonymous. page: of relation_followers_page, of
 * relation_following_page.
 * Returns 0; ERR_NOT_FOUND when nobody has the handle; PROBLEM_CURSOR_INVALID; as db_query;
 * ERR_NO_MEMORY.
 */
int relation_followers(struct db *db, const char *caller, struct slice handle,
		       const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));
int relation_following(struct db *db, const char *caller, struct slice handle,
		       const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

#endif
