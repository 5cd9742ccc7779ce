/*
 * readiness.h - how the services are that this product stands on, for /api/ready.
 */
#ifndef READINESS_H
#define READINESS_H

#include <stdbool.h>
#include <stdint.h>

#include "run/budget.h"
#include "web/req.h"
#include "web/resp.h"

#define READINESS_KEEP_MS 1000

struct ctx;

/* What was seen when the dependencies were asked last; a process keeps it in its ctx. */
struct readiness {
	int64_t until_ms; /* clock_monotonic_ms() until which it counts */
	bool ready;
	bool up[DEP_COUNT];
	int64_t latency_us[DEP_COUNT];
};

/*
 * Ask each dependency (answers are remembered for a second) and write their states and latencies:
 * 200 when PostgreSQL and DynamoDB answer and a key set of Cognito is at hand, else 503 with the
 * same members in its problem document. Returns 0; ERR_NO_MEMORY.
 */
int readiness_write(struct ctx *ctx, const struct req *req, struct resp *resp);

#endif
