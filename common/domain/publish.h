/*
 * publish.h - events: the writes that tell somebody's browsers something, and what they tell.
 *
 * A module publishes after its write is committed and before the request is answered. A worker that
 * dies in between has acknowledged nothing: the client repeats the request, and the repeated
 * request publishes. So a request that finds its work done already publishes, too.
 */
#ifndef PUBLISH_H
#define PUBLISH_H

#include <stdbool.h>

#include "base/slice.h"
#include "web/ctx.h"

/*
 * X(constant, event, the writes that it follows, of common/aws/requests and
 * sql/queries, or "-", receivers)
 *
 * docs/openapi.yaml describes the data of each event.
 */
#define PUBLICATIONS(X)                                                                            \
	X(PUBLISH_MESSAGE, "message", "TransactWriteItems/send TransactWriteItems/request",        \
	  "all members; of a request the sender")                                                  \
	X(PUBLISH_CONVERSATION, "conversation",                                                    \
	  "TransactWriteItems/send TransactWriteItems/request TransactWriteItems/accept",          \
	  "all members of a conversation that begins, waits or is accepted")                       \
	X(PUBLISH_GONE, "conversation_gone", "UpdateItem/hide", "the person who hides it")         \
	X(PUBLISH_DELETION, "message_changed",                                                     \
	  "TransactWriteItems/delete TransactWriteItems/delete_last",                              \
	  "all members; of a request the sender")                                                  \
	X(PUBLISH_READ, "read", "UpdateItem/mark_read",                                            \
	  "the person who reads, and members who see read receipts")                               \
	X(PUBLISH_TYPING, "typing", "-", "the other members")                                      \
	X(PUBLISH_NOTIFICATION, "notification",                                                    \
	  "activities/create follows/add likes/add reposts/add", "the person who is notified")     \
	X(PUBLISH_HOME, "home", "activities/create", "every stream")                               \
	X(PUBLISH_PERSON, "person", "users/update erasures/begin", "every stream")

enum publication {
#define PUBLISH_ENUM_(constant, event, write, receivers) constant,
	PUBLICATIONS(PUBLISH_ENUM_)
#undef PUBLISH_ENUM_
		PUBLISH_COUNT
};

/*
 * Publish an event: one system call while a hub runs. It never fails a request: an event that
 * cannot be handed over is counted, and its receivers read again (live/publisher.h).
 *
 * people: uuids of its receivers, NUL-terminated. data: a JSON object.
 */
void publish(struct ctx *ctx, enum publication publication, const char *const *people, size_t count,
	     struct slice data);

/*
 * The same to every stream; only for PUBLISH_PERSON, whose data everybody may read.
 * The hub drops what is too much (HUB_ALL_A_SECOND).
 */
void publish_to_all(struct ctx *ctx, enum publication publication, struct slice data);

/*
 * The same for PUBLISH_HOME: there is a new crud in the home feed. The hub counts cruds, each once,
 * and tells every stream how many.
 *
 * crud: its uuid, NUL-terminated.
 */
void publish_newer(struct ctx *ctx, enum publication publication, const char *crud);

/*
 * End the streams of a person, on all machines, whose right to them was revoked; and those that
 * they open in the next seconds, while a worker may not know yet. This is not an event: a stream
 * that misses it goes on, so the failure is returned.
 *
 * person: uuid, NUL-terminated.
 * Returns 0, also when no hub runs here; ERR_OVERLOADED when its queue is full: do it again.
 */
int publish_revoked(struct ctx *ctx, const char *person) __attribute__((warn_unused_result));

/*
 * Whether this process can publish: it has a run folder. A module asks before it looks something up
 * for an event alone.
 */
bool publish_possible(struct ctx *ctx);

/* The data of an event cannot be made: count it as one that cannot be handed over. */
void publish_lost(struct ctx *ctx);

#endif
