/*
 * readiness.h - the health of the dependencies, for /api/ready.
 */
#ifndef READINESS_H
#define READINESS_H

#include "web/ctx.h"
#include "web/resp.h"

#define READINESS_KEEP_MS 1000

/*
 * Call each dependency (the result is kept for READINESS_KEEP_MS) and write its state and latency:
 * 200 when PostgreSQL and DynamoDB answer and a key set of Cognito is at hand, else 503 with the
 * same members in its problem document. Returns 0; ERR_NO_MEMORY.
 */
int readiness_write(struct ctx *ctx, struct resp *resp) __attribute__((warn_unused_result));

#endif
