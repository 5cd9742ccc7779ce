/*
 * quota.h - how much one person may do in 24 hours, over all replicas (config.h lists the quotas).
 *
 * PostgreSQL counts (quota_take in sql/migrations): a statement that writes takes its use in its
 * own transaction, so only what was written counts. Answers name the quota and its rest in
 * RateLimit headers (resp.h).
 */
#ifndef QUOTA_H
#define QUOTA_H

#include "db/db.h"
#include "run/config.h"
#include "web/ctx.h"
#include "web/resp.h"

#define QUOTA_TEXT_SIZE 12

/*
 * The size of a quota as the parameter of a statement: formatted to `text`, which is returned;
 * NULL, for SQL's null, when the quota is off.
 */
const char *quota_text(const struct ctx *ctx, enum quota quota, char text[QUOTA_TEXT_SIZE]);

/*
 * Tell in the answer how much of a quota is left.
 * rest: the value of quota_take; empty when the quota is off.
 */
void quota_tell(const struct ctx *ctx, enum quota quota, struct slice rest, struct resp *resp);

/*
 * The problem for the result `err` of a statement that takes quotas: with ERR_QUOTA the answer
 * tells the quota that is used up and when the first of its uses no longer counts. Returns
 * PROBLEM_QUOTA_EXCEEDED; any other `err` as it is.
 */
int quota_problem(const struct ctx *ctx, int err, struct resp *resp)
	__attribute__((warn_unused_result));

/*
 * Take one use of a quota for a write that PostgreSQL does not see; tells the rest.
 * me: uuid of the caller, NUL-terminated.
 * Returns 0; PROBLEM_QUOTA_EXCEEDED; as db_query.
 */
int quota_take(struct ctx *ctx, const char *me, enum quota quota, struct resp *resp)
	__attribute__((warn_unused_result));

/* Give back what quota_take took, because the write was not made. A failure is ignored. */
void quota_give_back(struct ctx *ctx, const char *me, enum quota quota);

#endif
