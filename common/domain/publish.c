/* publish.c - see publish.h. */
#include "domain/publish.h"

#include <assert.h>

#include "base/err.h"
#include "db/db.h"
#include "live/bus.h"
#include "live/publisher.h"
#include "queries.h"

static const char *const events[PUBLISH_COUNT] = {
#define PUBLISH_EVENT_(constant, event, write, receivers) [constant] = (event),
	PUBLICATIONS(PUBLISH_EVENT_)
#undef PUBLISH_EVENT_
};

/* The worker's publisher, made when it is needed; NULL without a run folder or without memory. */
static struct publisher *publisher_of(struct ctx *ctx)
{
	if (!ctx->publisher && ctx->config.run_dir[0])
		ctx->publisher = publisher_new(ctx->config.run_dir, ctx->config.metrics_dir);
	return ctx->publisher;
}

/*
 * `r` is what the publisher said. While no hub runs on this machine, its streams are broken: they
 * read again when they return. Those of other machines get the frame from here. Nothing is to be
 * done about another error: it is counted.
 */
static void pass_on(struct ctx *ctx, const struct publisher *publisher, int r)
{
	buf_auto payload = BUF_INIT(BUS_PAYLOAD_MAX);
	pg_result_auto *result = NULL;

	if (r != ERR_UNAVAILABLE || !ctx->config.live_bus || !ctx->db ||
	    bus_write_packet(publisher_packet(publisher), &payload) < 0)
		return;
	(void)!db_query(ctx->db, &query_live_notify, 1, (const char *const[]){payload.data},
			&result);
}

void publish(struct ctx *ctx, enum publication publication, const char *const *people, size_t count,
	     struct slice data)
{
	struct publisher *publisher = publisher_of(ctx);

	if (publisher)
		pass_on(ctx, publisher,
			publisher_send(publisher, people, count, events[publication], data));
}

void publish_to_all(struct ctx *ctx, enum publication publication, struct slice data)
{
	struct publisher *publisher = publisher_of(ctx);

	assert(publication == PUBLISH_PERSON);
	if (publisher)
		pass_on(ctx, publisher, publisher_send_all(publisher, events[publication], data));
}

void publish_newer(struct ctx *ctx, enum publication publication, const char *crud)
{
	struct publisher *publisher = publisher_of(ctx);

	/* The hub makes the event. */
	assert(publication == PUBLISH_HOME);
	(void)publication;
	if (publisher)
		pass_on(ctx, publisher, publisher_send_newer(publisher, crud));
}

int publish_revoked(struct ctx *ctx, const char *person)
{
	struct publisher *publisher = publisher_of(ctx);
	int r;

	if (!publisher)
		return 0;
	r = publisher_send_revoked(publisher, person);
	pass_on(ctx, publisher, r);
	return r == ERR_OVERLOADED ? r : 0;
}

bool publish_possible(struct ctx *ctx)
{
	return publisher_of(ctx) != NULL;
}

void publish_lost(struct ctx *ctx)
{
	struct publisher *publisher = publisher_of(ctx);

	if (publisher)
		publisher_lost(publisher);
}
