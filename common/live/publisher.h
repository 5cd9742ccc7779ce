/*
 * publisher.h - a worker's connection to live_hub: hands it frames (frame.h) without ever waiting.
 *
 * While the hub answers, a frame is one system call. When the hub has been started again, the first
 * frame connects again. A frame that cannot be handed over is counted (live_counters.h); a running
 * hub sees that within a second and sends `resync`, and the streams of another one begin with
 * `hello`: either way their clients read again, so no event is missed.
 */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include "live/frame.h"

/* In the folder of the sockets. */
#define PUBLISHER_SOCKET "publish.sock"

struct publisher;

/*
 * run_dir:     the folder of the sockets; borrowed for the call.
 * metrics_dir: where lost frames are counted; NULL: nowhere.
 * Nothing is connected yet. Returns NULL when memory is exhausted. publisher_free(NULL) does
 * nothing.
 */
struct publisher *publisher_new(const char *run_dir, const char *metrics_dir);
void publisher_free(struct publisher *publisher);

/*
 * Publish an event to the streams of `count` people; the arguments are those of frame_write.
 * Returns 0; as frame_write; ERR_UNAVAILABLE when no hub runs; ERR_OVERLOADED when its queue is
 * full. A frame that is not published is counted.
 */
int publisher_send(struct publisher *publisher, const char *const *people, size_t count,
		   const char *event, struct slice data) __attribute__((warn_unused_result));

/* The same to all streams. Returns as publisher_send. */
int publisher_send_all(struct publisher *publisher, const char *event, struct slice data)
	__attribute__((warn_unused_result));

/* Tell the hub of a new crud, by its uuid, of which it tells all streams. Returns as
 * publisher_send. */
int publisher_send_newer(struct publisher *publisher, const char *crud)
	__attribute__((warn_unused_result));

/* End the streams of a person, by their uuid. Returns as publisher_send. */
int publisher_send_revoked(struct publisher *publisher, const char *person)
	__attribute__((warn_unused_result));

/* The packet of the last frame, for the way around a hub that does not run; borrowed until the
 * next. */
struct slice publisher_packet(const struct publisher *publisher);

/* Count an event that could not even be made. */
void publisher_lost(struct publisher *publisher);

#endif
