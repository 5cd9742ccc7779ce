/*
 * erasure.h - a person deletes their account: what happens at once.
 *
 *	erasure_begin        hidden, no streams, the account leads to nobody, the handle is taken
 *	bin/jobs, a moment   messages: texts and names in conversations
 *	later, in steps      rows: everything in PostgreSQL
 *	(bin/aws/erase.c)    account: the account in Cognito
 *
 * The table `erasures` has the next step of each.
 */
#ifndef ERASURE_H
#define ERASURE_H

#include <stdbool.h>

#include "web/ctx.h"

#define ERASURE_SIGNED_IN_S 300 /* who deletes an account must have signed in since */

/*
 * Whether somebody who signed in at `signed_in_s` may delete the account at `now_s`, seconds since
 * 1970.
 */
bool erasure_allowed(int64_t signed_in_s, int64_t now_s);

/*
 * Begin the erasure of person `uuid`, end their streams, and tell all streams that the person is
 * deleted. Beginning it again changes nothing.
 * Returns 0; ERR_REFERENCE when there is no such person; as db_query.
 */
int erasure_begin(struct ctx *ctx, const char *uuid) __attribute__((warn_unused_result));

#endif
