/*
 * relation.h - what is between two people: who follows whom.
 */
#ifndef RELATION_H
#define RELATION_H

#include "web/ctx.h"
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

#endif
