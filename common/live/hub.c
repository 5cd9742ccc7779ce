/* hub.c - see hub.h. */
#include "live/hub.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fnv.h"
#include "live/fastcgi.h"

#define SLOTS	      64   /* seconds of the wheel: HUB_COMMENT_S, and what it may be late */
#define BITS_LEAST    6	   /* of the number of buckets */
#define BUCKETS_SLICE 4096 /* that one call looks at: most are empty after a crowd has left */
#define RETRY_MS      1000
#define RETRY_MORE_MS 2000  /* the least spread of `retry:` */
#define RETRY_MOST_MS 15000 /* the largest */
#define RESYNC	      "event: resync\ndata: {}\n\n"
#define MS_A_STREAM   1 /* the spread for each stream that closes at once */
#define LEAVE_LEAST_S 2 /* the least time for streams to leave while the hub drains */

/* nginx adds Cache-Control: it takes that of the program `live`. */
#define HEAD "Status: 200 OK\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: no\r\n\r\n"

/* Bytes that nginx did not take yet: those from `done` on. */
struct queue {
	size_t done, len, cap;
	char bytes[];
};

struct stream {
	void *connection;
	struct person *person;
	struct stream *newer, *older; /* of the person */
	struct stream *next,
		**previous;  /* in the slot of the wheel; previous points to what points here */
	struct queue *queue; /* NULL: nothing waits */
	int64_t expires_s;
	int64_t comment_at, resync_at; /* hub_time.steady_s; resync_at 0: none is due */
	int64_t leave_at;	       /* when it ends because the hub drains; 0: it stays */
	int64_t home_at;    /* when the next `home` may be sent; 0: at once, the stream is quiet */
	uint32_t home_seen; /* hub.newer at its last `home`, or its hello */
	uint16_t id;
};

struct person {
	struct person *next; /* in the bucket */
	struct stream *newest, *oldest;
	unsigned count;
	unsigned char uuid[FRAME_PERSON];
};

/* The events that all streams get, one after the other. */
struct round {
	bool resync;
	bool renew;	 /* streams end soon (hub_missed) */
	bool newer;	 /* `home`, if the stream is quiet */
	unsigned events; /* in the record */
	size_t len;	 /* of their texts */
	char record[FASTCGI_HEAD + FRAME_TEXT_MAX];
};

struct hub {
	const struct hub_io *io;
	struct live_counters *counters;
	struct person **buckets;
	unsigned bits; /* of the number of buckets */
	struct stream *slots[SLOTS];
	struct stream *due; /* the slot of wheel_s, as far as it is not visited */
	int64_t wheel_s;
	struct hub_time time;
	struct round rounds[2];
	struct round *round, *next; /* of these: under way; what the next one is made of */
	bool under_way;
	int64_t closing;			      /* streams that hub_close_all ends */
	int64_t drained_s;			      /* when all have left; 0: it does not drain */
	size_t place;				      /* the bucket with which the round goes on */
	int64_t all_s;				      /* the second of `all_count` */
	unsigned all_count;			      /* events for all streams */
	uint32_t newer;				      /* cruds of the home feed so far */
	uint64_t quiet;				      /* streams whose home_at is 0 */
	size_t cruds_at;			      /* the oldest of `cruds` */
	unsigned char cruds[HUB_CRUDS][FRAME_PERSON]; /* that were counted last */
	size_t revoked_at;			      /* the oldest of `revoked` */
	struct revoked {
		int64_t until_s; /* hub_time.steady_s; 0: nobody */
		unsigned char person[FRAME_PERSON];
	} revoked[HUB_REVOKED]; /* people who were revoked last */
	size_t queued;		/* bytes in all queues */
	uint64_t random, seed;
	char epoch[17];
	/* The record that is being sent, with its head. */
	char record[FASTCGI_HEAD + FRAME_TEXT_MAX];
};

_Static_assert(FRAME_TEXT_MAX <= FASTCGI_CONTENT_MAX, "a frame is one record");

static void count(uint64_t *counter, int64_t change)
{
	__atomic_store_n(counter, *counter + (uint64_t)change, __ATOMIC_RELAXED);
}

/* A number from 0 to `below` - 1 (xorshift64*, Vigna). */
static int64_t random_below(struct hub *hub, int64_t below)
{
	hub->random ^= hub->random >> 12;
	hub->random ^= hub->random << 25;
	hub->random ^= hub->random >> 27;
	return (int64_t)((hub->random * 0x2545f4914f6cdd1du >> 33) % (uint64_t)below);
}

/* --- people ---------------------------------------------------------------------------------- */

static size_t buckets_count(const struct hub *hub)
{
	return (size_t)1 << hub->bits;
}

/*
 * The seed keeps a client from choosing uuids that all fall into one bucket. The first bits of the
 * hash, which a product makes of all (Knuth, multiplicative hashing), are the place: twice as many
 * buckets keep the order of people, so a round that is under way misses nobody.
 */
static struct person **bucket_of(const struct hub *hub, const unsigned char *uuid)
{
	uint64_t hash = fnv(FNV_START ^ hub->seed, uuid, FRAME_PERSON);

	return &hub->buckets[(hash ^ hash >> 32) * 0x9e3779b97f4a7c15u >> (64 - hub->bits)];
}

static struct person *find_person(const struct hub *hub, const unsigned char *uuid)
{
	struct person *person = *bucket_of(hub, uuid);

	while (person && memcmp(person->uuid, uuid, FRAME_PERSON) != 0)
		person = person->next;
	return person;
}

/* Twice as many buckets. Without memory for them the lists become longer. */
static void grow(struct hub *hub)
{
	struct person **old = hub->buckets;
	size_t old_count = buckets_count(hub);
	struct person **buckets = calloc(old_count * 2, sizeof(struct person *));

	if (!buckets)
		return;
	hub->buckets = buckets;
	hub->bits++;
	hub->place *= 2;
	for (size_t i = 0; i < old_count; i++)
		while (old[i]) {
			struct person *person = old[i];
			struct person **bucket = bucket_of(hub, person->uuid);

			old[i] = person->next;
			person->next = *bucket;
			*bucket = person;
		}
	free(old);
}

static struct person *get_person(struct hub *hub, const unsigned char *uuid)
{
	struct person *person = find_person(hub, uuid);
	struct person **bucket;

	if (person)
		return person;
	person = calloc(1, sizeof(*person));
	if (!person)
		return NULL;
	if (hub->counters->people >= buckets_count(hub))
		grow(hub);
	memcpy(person->uuid, uuid, FRAME_PERSON);
	bucket = bucket_of(hub, uuid);
	person->next = *bucket;
	*bucket = person;
	count(&hub->counters->people, 1);
	return person;
}

static void drop_person(struct hub *hub, struct person *person)
{
	struct person **at = bucket_of(hub, person->uuid);

	while (*at != person)
		at = &(*at)->next;
	*at = person->next;
	free(person);
	count(&hub->counters->people, -1);
}

/* --- the wheel ------------------------------------------------------------------------------- */

static void unschedule(struct stream *stream)
{
	if (!stream->previous)
		return;
	*stream->previous = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	stream->previous = NULL;
}

/* Put the stream where the first thing that is due finds it, at the earliest in the next second. */
static void schedule(struct hub *hub, struct stream *stream)
{
	int64_t next_s = hub->time.steady_s + 1;
	int64_t expires_at = hub->time.steady_s + stream->expires_s - hub->time.now_s;
	int64_t due = stream->comment_at;
	struct stream **slot;

	unschedule(stream);
	if (stream->resync_at && stream->resync_at < due)
		due = stream->resync_at;
	if (stream->home_at && stream->home_at < due)
		due = stream->home_at;
	if (stream->leave_at && stream->leave_at < due)
		due = stream->leave_at;
	if (expires_at < due)
		due = expires_at;
	if (due < next_s)
		due = next_s;
	slot = &hub->slots[due % SLOTS];
	stream->next = *slot;
	stream->previous = slot;
	if (stream->next)
		stream->next->previous = &stream->next;
	*slot = stream;
}

/* --- one stream ------------------------------------------------------------------------------ */

static void free_queue(struct hub *hub, struct stream *stream)
{
	if (!stream->queue)
		return;
	hub->queued -= stream->queue->cap;
	free(stream->queue);
	stream->queue = NULL;
}

static void unlink_stream(struct hub *hub, struct stream *stream)
{
	struct person *person = stream->person;

	unschedule(stream);
	free_queue(hub, stream);
	hub->quiet -= stream->home_at == 0;
	*(stream->newer ? &stream->newer->older : &person->newest) = stream->older;
	*(stream->older ? &stream->older->newer : &person->oldest) = stream->newer;
	if (--person->count == 0)
		drop_person(hub, person);
	count(&hub->counters->streams, -1);
	free(stream);
}

void hub_lost(struct hub *hub, struct stream *stream)
{
	unlink_stream(hub, stream);
}

/* End the connection as well. Bytes that it has not taken yet are lost. */
static void end(struct hub *hub, struct stream *stream)
{
	void *connection = stream->connection;

	unlink_stream(hub, stream);
	hub->io->end(connection);
}

static void cut(struct hub *hub, struct stream *stream)
{
	count(live_counters_closed(hub->counters, LIVE_CUT), 1);
	end(hub, stream);
}

/* Let bytes wait. Returns false when there is no room for them. */
static bool enqueue(struct hub *hub, struct stream *stream, const char *bytes, size_t len)
{
	struct queue *queue = stream->queue;
	size_t waits = queue ? queue->len - queue->done : 0;
	size_t cap = queue ? queue->cap : 0;

	if (waits + len > HUB_QUEUE_MAX)
		return false;
	if (queue && queue->done > 0) {
		memmove(queue->bytes, queue->bytes + queue->done, waits);
		queue->done = 0;
		queue->len = waits;
	}
	if (waits + len > cap) {
		size_t need = cap ? cap : 1024;

		while (need < waits + len)
			need *= 2;
		if (hub->queued - cap + need > HUB_QUEUES_MAX)
			return false;
		queue = realloc(queue, sizeof(*queue) + need);
		if (!queue)
			return false;
		if (!stream->queue)
			*queue = (struct queue){0};
		queue->cap = need;
		stream->queue = queue;
		hub->queued += need - cap;
	}
	assert(queue); /* `len` is above 0 */
	memcpy(queue->bytes + queue->len, bytes, len);
	queue->len += len;
	return true;
}

/*
 * Send whole records, or let them wait. Returns false when the stream has ended because of that.
 */
static bool send_bytes(struct hub *hub, struct stream *stream, const char *bytes, size_t len)
{
	ssize_t n = 0;

	if (!stream->queue) {
		n = hub->io->write(stream->connection, bytes, len);
		if (n < 0) {
			end(hub, stream);
			return false;
		}
		if ((size_t)n == len)
			return true;
	}
	if (!enqueue(hub, stream, bytes + n, len - (size_t)n)) {
		cut(hub, stream);
		return false;
	}
	hub->io->wait(stream->connection, true);
	return true;
}

void hub_writable(struct hub *hub, struct stream *stream)
{
	struct queue *queue = stream->queue;
	ssize_t n;

	if (!queue)
		return;
	n = hub->io->write(stream->connection, queue->bytes + queue->done,
			   queue->len - queue->done);
	if (n < 0) {
		end(hub, stream);
		return;
	}
	queue->done += (size_t)n;
	if (queue->done == queue->len) {
		free_queue(hub, stream);
		hub->io->wait(stream->connection, false);
	}
}

/* Make hub->record the record of a text; its request id is that of the stream that it is sent to.
 */
static size_t make_record(struct hub *hub, struct slice text)
{
	memcpy(hub->record + FASTCGI_HEAD, text.ptr, text.len);
	return FASTCGI_HEAD + text.len;
}

static bool send_record(struct hub *hub, struct stream *stream, size_t len)
{
	fastcgi_head(stream->id, len - FASTCGI_HEAD, (unsigned char *)hub->record);
	return send_bytes(hub, stream, hub->record, len);
}

static bool send_text(struct hub *hub, struct stream *stream, struct slice text)
{
	return send_record(hub, stream, make_record(hub, text));
}

/* How long a browser waits before it returns, when `streams` of them leave at once. */
static int64_t retry_ms(struct hub *hub, int64_t streams)
{
	int64_t spread = streams * MS_A_STREAM;

	if (spread < RETRY_MORE_MS)
		spread = RETRY_MORE_MS;
	if (spread > RETRY_MOST_MS)
		spread = RETRY_MOST_MS;
	return RETRY_MS + random_below(hub, spread);
}

/* When a stream leaves while the hub drains: at any time until all have left. */
static int64_t leave_at(struct hub *hub)
{
	int64_t left_s = hub->drained_s - hub->time.steady_s;

	return hub->time.steady_s + 1 + random_below(hub, left_s > 0 ? left_s : 1);
}

/* Send `bye`, as far as the connection takes it now, and end. */
static void say_bye(struct hub *hub, struct stream *stream, enum live_close reason, int64_t streams)
{
	unsigned char end_records[FASTCGI_END_SIZE];
	char bye[160];
	int n = snprintf(bye, sizeof(bye),
			 "retry: %" PRId64 "\nevent: bye\ndata: {\"reason\":\"%s\"}\n\n",
			 retry_ms(hub, streams), live_close_names[reason]);

	assert(n > 0 && (size_t)n < sizeof(bye));
	count(live_counters_closed(hub->counters, reason), 1);
	fastcgi_end(stream->id, end_records);
	if (send_text(hub, stream, (struct slice){bye, (size_t)n}) &&
	    send_bytes(hub, stream, (const char *)end_records, sizeof(end_records)))
		end(hub, stream);
}

/* --- what the program calls ------------------------------------------------------------------ */

struct hub *hub_new(const struct hub_io *io, struct live_counters *counters, uint64_t seed,
		    struct hub_time time)
{
	struct hub *hub = calloc(1, sizeof(*hub));

	if (!hub)
		return NULL;
	hub->io = io;
	hub->counters = counters;
	hub->seed = seed;
	hub->random = seed | 1;
	hub->time = time;
	hub->wheel_s = time.steady_s;
	hub->round = &hub->rounds[0];
	hub->next = &hub->rounds[1];
	snprintf(hub->epoch, sizeof(hub->epoch), "%016" PRIx64, seed);
	hub->bits = BITS_LEAST;
	hub->buckets = calloc(buckets_count(hub), sizeof(struct person *));
	if (!hub->buckets) {
		free(hub);
		return NULL;
	}
	count(&counters->streams, -(int64_t)counters->streams);
	count(&counters->people, -(int64_t)counters->people);
	return hub;
}

void hub_free(struct hub *hub)
{
	if (!hub)
		return;
	free(hub->buckets);
	free(hub);
}

/* Send the head of the answer, and `hello` unless there is no stream. */
static bool greet(struct hub *hub, struct stream *stream)
{
	char text[sizeof(HEAD) + 64];
	int n = snprintf(text, sizeof(text), HEAD "event: hello\ndata: {\"epoch\":\"%s\"}\n\n",
			 hub->epoch);

	assert(n > 0 && (size_t)n < sizeof(text));
	return send_text(hub, stream, (struct slice){text, (size_t)n});
}

/* Answer a HEAD request: no stream. */
static void answer_head(struct hub *hub, void *connection, uint16_t id)
{
	char record[FASTCGI_HEAD + sizeof(HEAD) - 1 + FASTCGI_END_SIZE];

	fastcgi_head(id, sizeof(HEAD) - 1, (unsigned char *)record);
	memcpy(record + FASTCGI_HEAD, HEAD, sizeof(HEAD) - 1);
	fastcgi_end(id, (unsigned char *)record + FASTCGI_HEAD + sizeof(HEAD) - 1);
	/* It is the first write to the connection, and small: there is room. */
	(void)!hub->io->write(connection, record, sizeof(record));
	hub->io->end(connection);
}

static bool is_revoked(const struct hub *hub, const unsigned char *person)
{
	for (size_t i = 0; i < HUB_REVOKED; i++)
		if (hub->revoked[i].until_s > hub->time.steady_s &&
		    memcmp(hub->revoked[i].person, person, FRAME_PERSON) == 0)
			return true;
	return false;
}

int hub_open(struct hub *hub, void *connection, uint16_t id,
	     const unsigned char person[FRAME_PERSON], int64_t expires_s, bool head_only,
	     struct stream **ret_stream)
{
	struct stream *stream;

	if (head_only) {
		answer_head(hub, connection, id);
		*ret_stream = NULL;
		return 0;
	}
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return ERR_NO_MEMORY;
	stream->person = get_person(hub, person);
	if (!stream->person) {
		free(stream);
		return ERR_NO_MEMORY;
	}
	stream->connection = connection;
	stream->id = id;
	stream->expires_s = expires_s;
	stream->comment_at = hub->time.steady_s + 1 + random_below(hub, HUB_COMMENT_S);
	stream->home_seen = hub->newer;
	if (hub->drained_s)
		stream->leave_at = leave_at(hub);
	hub->quiet++;
	stream->older = stream->person->newest;
	*(stream->older ? &stream->older->newer : &stream->person->oldest) = stream;
	stream->person->newest = stream;
	stream->person->count++;
	count(&hub->counters->streams, 1);
	count(&hub->counters->opened, 1);
	schedule(hub, stream);
	if (stream->person->count > HUB_STREAMS_OF_PERSON)
		say_bye(hub, stream->person->oldest, LIVE_REPLACED, 1);
	*ret_stream = greet(hub, stream) ? stream : NULL;
	if (*ret_stream && is_revoked(hub, person)) {
		say_bye(hub, stream, LIVE_REVOKED, 1);
		*ret_stream = NULL;
	}
	return 0;
}

/* --- events ---------------------------------------------------------------------------------- */

static void publish_to(struct hub *hub, const struct frame *frame, struct slice text)
{
	size_t len = make_record(hub, text);

	for (size_t i = 0; i < frame->count; i++) {
		struct person *person = find_person(hub, frame->people + i * FRAME_PERSON);
		struct stream *next = person ? person->newest : NULL;

		while (next) {
			struct stream *stream = next;

			next = stream->older;
			if (send_record(hub, stream, len))
				count(&hub->counters->deliveries, 1);
		}
	}
}

/* Add an event to the next round. */
static void publish_to_all(struct hub *hub, struct slice text)
{
	struct round *next = hub->next;

	if (hub->all_s != hub->time.steady_s) {
		hub->all_s = hub->time.steady_s;
		hub->all_count = 0;
	}
	if (hub->all_count == HUB_ALL_A_SECOND || next->len + text.len > FRAME_TEXT_MAX) {
		count(&hub->counters->dropped, 1);
		return;
	}
	hub->all_count++;
	memcpy(next->record + FASTCGI_HEAD + next->len, text.ptr, text.len);
	next->len += text.len;
	next->events++;
}

/* A request that is repeated publishes its crud again. */
static bool is_counted(const struct hub *hub, const unsigned char *crud)
{
	for (size_t i = 0; i < HUB_CRUDS; i++)
		if (memcmp(hub->cruds[i], crud, FRAME_PERSON) == 0)
			return true;
	return false;
}

static void count_crud(struct hub *hub, const unsigned char *crud)
{
	if (is_counted(hub, crud))
		return;
	memcpy(hub->cruds[hub->cruds_at], crud, FRAME_PERSON);
	hub->cruds_at = (hub->cruds_at + 1) % HUB_CRUDS;
	hub->newer++;
	/* The others are told by the wheel. */
	if (hub->quiet > 0)
		hub->next->newer = true;
}

static void revoke(struct hub *hub, const unsigned char *uuid)
{
	struct revoked *revoked = &hub->revoked[hub->revoked_at];
	struct person *person = find_person(hub, uuid);
	struct stream *next = person ? person->newest : NULL;

	hub->revoked_at = (hub->revoked_at + 1) % HUB_REVOKED;
	revoked->until_s = hub->time.steady_s + HUB_REVOKED_S;
	memcpy(revoked->person, uuid, FRAME_PERSON);
	while (next) {
		struct stream *stream = next;

		next = stream->older;
		say_bye(hub, stream, LIVE_REVOKED, 1);
	}
}

void hub_publish(struct hub *hub, const struct frame *frame)
{
	count(&hub->counters->frames, 1);
	switch (frame->kind) {
	case FRAME_TO:
		publish_to(hub, frame, frame->text);
		break;
	case FRAME_ALL:
		publish_to_all(hub, frame->text);
		break;
	case FRAME_NEWER:
		count_crud(hub, frame->people);
		break;
	case FRAME_RESYNC:
		if (frame->count == 0)
			hub_resync(hub);
		else
			publish_to(hub, frame, SLICE(RESYNC));
		break;
	case FRAME_REVOKED:
		for (size_t i = 0; i < frame->count; i++)
			revoke(hub, frame->people + i * FRAME_PERSON);
		break;
	}
}

void hub_resync(struct hub *hub)
{
	hub->next->resync = true;
}

void hub_missed(struct hub *hub)
{
	hub->next->resync = hub->next->renew = true;
}

/* Tell a stream how many cruds there are since its last `home`. Returns as send_bytes. */
static bool send_home(struct hub *hub, struct stream *stream)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "event: home\ndata: {\"newer\":%" PRIu32 "}\n\n",
			 hub->newer - stream->home_seen);

	assert(n > 0 && (size_t)n < sizeof(text));
	hub->quiet -= stream->home_at == 0;
	/* The present second has begun already: one more makes the interval whole. */
	stream->home_at = hub->time.steady_s + HUB_HOME_S + 1 + random_below(hub, HUB_HOME_MORE_S);
	stream->home_seen = hub->newer;
	if (!send_text(hub, stream, (struct slice){text, (size_t)n}))
		return false;
	count(&hub->counters->deliveries, 1);
	return true;
}

/* Something of the stream is due. */
static void visit(struct hub *hub, struct stream *stream)
{
	if (hub->time.now_s >= stream->expires_s) {
		say_bye(hub, stream, LIVE_EXPIRED, 1);
		return;
	}
	if (stream->leave_at && stream->leave_at <= hub->time.steady_s) {
		say_bye(hub, stream, LIVE_CLOSING, 1);
		return;
	}
	if (stream->resync_at && stream->resync_at <= hub->time.steady_s) {
		stream->resync_at = 0;
		count(&hub->counters->resyncs, 1);
		if (!send_text(hub, stream, SLICE(RESYNC)))
			return;
	}
	if (stream->home_at && stream->home_at <= hub->time.steady_s) {
		if (stream->home_seen == hub->newer) {
			stream->home_at = 0;
			hub->quiet++;
		} else if (!send_home(hub, stream)) {
			return;
		}
	}
	if (stream->comment_at <= hub->time.steady_s) {
		stream->comment_at = hub->time.steady_s + HUB_COMMENT_S;
		if (!send_text(hub, stream, SLICE(":\n\n")))
			return;
	}
	schedule(hub, stream);
}

/* --- work in slices -------------------------------------------------------------------------- */

/* Visit streams of the wheel, `most` at most. Returns how many. */
static unsigned turn_wheel(struct hub *hub, unsigned most)
{
	unsigned visited = 0;

	while (visited < most) {
		if (hub->due) {
			visit(hub, hub->due);
			visited++;
		} else if (hub->wheel_s < hub->time.steady_s) {
			struct stream **slot = &hub->slots[++hub->wheel_s % SLOTS];

			/* A stream that is scheduled from here on may be due in this slot again,
			 * one turn later. */
			hub->due = *slot;
			*slot = NULL;
			if (hub->due)
				hub->due->previous = &hub->due;
		} else {
			break;
		}
	}
	return visited;
}

/* Give the round to one stream. */
static void pass_on(struct hub *hub, struct stream *stream)
{
	struct round *round = hub->round;

	if (round->newer && stream->home_at == 0 && stream->home_seen != hub->newer) {
		if (!send_home(hub, stream))
			return;
		schedule(hub, stream);
	}
	if (round->len > 0) {
		fastcgi_head(stream->id, round->len, (unsigned char *)round->record);
		if (!send_bytes(hub, stream, round->record, FASTCGI_HEAD + round->len))
			return;
		count(&hub->counters->deliveries, round->events);
	}
	if (round->renew) {
		int64_t end_s = hub->time.now_s + HUB_RENEW_S + random_below(hub, HUB_RENEW_S);

		if (end_s < stream->expires_s)
			stream->expires_s = end_s;
	}
	if (round->resync && !stream->resync_at)
		stream->resync_at = hub->time.steady_s + 1 + random_below(hub, HUB_RESYNC_S);
	if (round->resync)
		schedule(hub, stream);
}

/* Call `visit_one` for the streams of a bucket. It may end the stream that it gets. Returns how
 * many. */
static unsigned for_bucket(struct hub *hub, size_t place,
			   void (*visit_one)(struct hub *hub, struct stream *stream))
{
	struct person *next_person = hub->buckets[place];
	unsigned visited = 0;

	while (next_person) {
		struct stream *next = next_person->newest;

		next_person = next_person->next;
		while (next) {
			struct stream *stream = next;

			next = stream->older;
			visit_one(hub, stream);
			visited++;
		}
	}
	return visited;
}

static bool has_content(const struct hub *hub, const struct round *round)
{
	return round->len > 0 || round->resync || (round->newer && hub->quiet > 0);
}

static void begin_round(struct hub *hub)
{
	struct round *next = hub->round;

	hub->round = hub->next;
	hub->next = next;
	next->len = 0;
	next->events = 0;
	next->resync = next->renew = next->newer = false;
	hub->place = 0;
	hub->under_way = true;
}

/* Give the round to streams, about `most` at most. */
static void go_round(struct hub *hub, unsigned most)
{
	unsigned visited = 0;

	if (!hub->under_way && has_content(hub, hub->next))
		begin_round(hub);
	for (unsigned i = 0; hub->under_way && i < BUCKETS_SLICE && visited < most; i++) {
		visited += for_bucket(hub, hub->place++, pass_on);
		if (hub->place == buckets_count(hub) || !has_content(hub, hub->round))
			hub->under_way = false;
	}
}

bool hub_work(struct hub *hub)
{
	unsigned visited = turn_wheel(hub, HUB_SLICE);

	go_round(hub, HUB_SLICE - visited);
	return hub->due || hub->wheel_s < hub->time.steady_s || hub->under_way ||
	       has_content(hub, hub->next);
}

void hub_tick(struct hub *hub, struct hub_time time)
{
	hub->time = time;
	if (hub->wheel_s < time.steady_s - SLOTS)
		hub->wheel_s = time.steady_s - SLOTS;
}

static void close_one(struct hub *hub, struct stream *stream)
{
	say_bye(hub, stream, LIVE_CLOSING, hub->closing);
}

void hub_close_all(struct hub *hub)
{
	hub->closing = (int64_t)hub->counters->streams;
	for (size_t i = 0; i < buckets_count(hub); i++)
		for_bucket(hub, i, close_one);
}

static void let_leave(struct hub *hub, struct stream *stream)
{
	stream->leave_at = leave_at(hub);
	schedule(hub, stream);
}

void hub_drain(struct hub *hub)
{
	int64_t seconds = (int64_t)hub->counters->streams / HUB_LEAVES_A_SECOND;

	if (seconds < LEAVE_LEAST_S)
		seconds = LEAVE_LEAST_S;
	if (seconds > HUB_LEAVE_MOST_S)
		seconds = HUB_LEAVE_MOST_S;
	hub->drained_s = hub->time.steady_s + seconds;
	for (size_t i = 0; i < buckets_count(hub); i++)
		for_bucket(hub, i, let_leave);
}

static void keep(struct hub *hub, struct stream *stream)
{
	(void)hub;
	stream->leave_at = 0;
}

void hub_stay(struct hub *hub)
{
	hub->drained_s = 0;
	for (size_t i = 0; i < buckets_count(hub); i++)
		for_bucket(hub, i, keep);
}
