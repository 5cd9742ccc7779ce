/*
 * relation.h - what is between people: who follows, mutes and blocks whom.
 *
 *	A mutes B     B is in no feed and causes no notification of A; B does not learn of it
 *	A blocks B    neither sees the other, likes, reposts, answers or follows what the other has
 *	              written, or writes to the other; the follows of both end
 *
 * PostgreSQL decides (table barriers). DynamoDB has a copy of each block, which is a condition of
 * the writing of messages; bin/ddb/check compares the two.
 */
#ifndef RELATION_H
#define RELATION_H

#include "db/db.h"
#include "web/ctx.h"
#include "web/page.h"
#include "web/resp.h"

/*
 * `me` follows, mutes or blocks the person with `handle`, or no longer. Doing it again changes
 * nothing. Writes the relation as it is afterwards (docs/openapi.yaml, Relation).
 *
 * A block is in both stores when 0 is returned. After ERR_UNAVAILABLE or ERR_OVERLOADED it may be
 * in PostgreSQL only; a repetition completes it.
 *
 * me: uuid of the caller, NUL-terminated. handle: in any case.
 * Returns 0; ERR_NOT_FOUND when nobody has the handle, it cannot be one, or, for a follow, one of
 * the two blocks the other; ERR_REFERENCE when `me` is gone; PROBLEM_INVALID with the code
 * user_is_self; PROBLEM_QUOTA_EXCEEDED for a follow; as db_query; as dynamodb_send; ERR_NO_MEMORY.
 */
int relation_follow(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
	__attribute__((warn_unused_result));
int relation_unfollow(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
	__attribute__((warn_unused_result));
int relation_mute(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
	__attribute__((warn_unused_result));
int relation_unmute(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
	__attribute__((warn_unused_result));
int relation_block(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
	__attribute__((warn_unused_result));
int relation_unblock(struct ctx *ctx, const char *me, struct slice handle, struct resp *resp)
	__attribute__((warn_unused_result));

extern const struct page_kind relation_followers_page, relation_following_page;
extern const struct page_kind relation_blocks_page, relation_mutes_page;

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

/*
 * Write the people whom `me` blocks or mutes, the latest first, as `me` sees them.
 *
 * page: of relation_blocks_page, of relation_mutes_page.
 * Returns 0; PROBLEM_CURSOR_INVALID; as db_query; ERR_NO_MEMORY.
 */
int relation_blocks(struct db *db, const char *me, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));
int relation_mutes(struct db *db, const char *me, const struct page *page, struct resp *resp)
	__attribute__((warn_unused_result));

#endif
