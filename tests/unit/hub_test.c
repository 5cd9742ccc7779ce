/* hub_test.c - streams of people, in a world without sockets and clocks. */
#include "unit.h"

#include <stdio.h>

#include "base/err.h"
#include "live/fastcgi.h"
#include "live/hub.h"

#define NOW_S	   1700000000
#define STEADY_S   5000
#define EXPIRES_S  (NOW_S + 3600)
#define PEERS_MAX  2000
#define OUTPUT_MAX (HUB_QUEUE_MAX * 3)
#define SEED	   0x0123456789abcdef

/* The other end of a stream: nginx, as far as the hub sees it. */
struct peer {
	struct stream *stream;
	struct buf output; /* all that was written */
	size_t room;	   /* bytes that it takes */
	bool broken;
	bool waits;
	bool ended;
	uint16_t id;
};

static ssize_t peer_write(void *connection, const char *bytes, size_t len)
{
	struct peer *peer = connection;
	size_t taken = len < peer->room ? len : peer->room;

	assert_false(peer->ended);
	if (peer->broken)
		return ERR_UNAVAILABLE;
	buf_append(&peer->output, bytes, taken);
	peer->room -= taken;
	return (ssize_t)taken;
}

static void peer_wait(void *connection, bool waits)
{
	struct peer *peer = connection;

	peer->waits = waits;
}

static void peer_end(void *connection)
{
	struct peer *peer = connection;

	assert_false(peer->ended);
	peer->ended = true;
	peer->stream = NULL;
}

static const struct hub_io io = {peer_write, peer_wait, peer_end};

static struct peer peers[PEERS_MAX];
static struct live_counters counters;
static struct hub *hub;
static struct hub_time now;

static int setup(void **state)
{
	(void)state;
	memset(&counters, 0, sizeof(counters));
	now = (struct hub_time){STEADY_S, NOW_S};
	hub = hub_new(&io, &counters, SEED, now);
	for (size_t i = 0; i < PEERS_MAX; i++)
		peers[i] =
			(struct peer){.output = BUF_INIT(OUTPUT_MAX), .room = OUTPUT_MAX, .id = 1};
	return hub ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < PEERS_MAX; i++) {
		if (peers[i].stream)
			hub_lost(hub, peers[i].stream);
		buf_dispose(&peers[i].output);
	}
	assert_int_equal(counters.streams, 0);
	assert_int_equal(counters.people, 0);
	hub_free(hub);
	return 0;
}

static const unsigned char *person_of(unsigned number)
{
	static unsigned char person[FRAME_PERSON];

	memcpy(person, &number, sizeof(number));
	return person;
}

static void open_until(struct peer *peer, unsigned person, int64_t expires_s)
{
	assert_int_equal(hub_open(hub, peer, peer->id, person_of(person), expires_s, false,
				  &peer->stream),
			 0);
}

static void open_of(struct peer *peer, unsigned person)
{
	open_until(peer, person, EXPIRES_S);
}

static void publish(unsigned person, const char *text)
{
	const struct frame frame = {FRAME_TO, person_of(person), 1, slice_of(text)};

	hub_publish(hub, &frame);
}

/* To all streams, of which each gets it in the next calls of hub_work. */
static void publish_to_all(const char *text)
{
	const struct frame frame = {FRAME_ALL, NULL, 0, slice_of(text)};

	hub_publish(hub, &frame);
}

static void count_crud(unsigned number)
{
	const struct frame frame = {FRAME_NEWER, person_of(number), 1, {0}};

	hub_publish(hub, &frame);
}

static void revoke(unsigned person)
{
	const struct frame frame = {FRAME_REVOKED, person_of(person), 1, {0}};

	hub_publish(hub, &frame);
}

static void work(void)
{
	while (hub_work(hub))
		continue;
}

static void pass(int64_t seconds)
{
	for (int64_t i = 0; i < seconds; i++) {
		now.steady_s++;
		now.now_s++;
		hub_tick(hub, now);
		work();
	}
}

/* The contents of the STDOUT records of a peer, NUL-terminated; fails unless all are well formed.
 */
static const char *text_of(const struct peer *peer, bool *ret_complete)
{
	static char text[OUTPUT_MAX];
	const unsigned char *at = (const unsigned char *)peer->output.data;
	size_t left = peer->output.len, len = 0;
	bool complete = false;

	while (left > 0) {
		size_t content;

		assert_true(left >= FASTCGI_HEAD);
		content = (size_t)at[4] << 8 | at[5];
		assert_int_equal(at[0], 1);
		assert_int_equal(at[2] << 8 | at[3], peer->id);
		assert_false(complete);
		assert_true(left >= FASTCGI_HEAD + content + at[6]);
		if (at[1] == 3)
			complete = true;
		else
			memcpy(text + len, at + FASTCGI_HEAD, content);
		len += complete ? 0 : content;
		left -= FASTCGI_HEAD + content + at[6];
		at += FASTCGI_HEAD + content + at[6];
	}
	text[len] = '\0';
	if (ret_complete)
		*ret_complete = complete;
	return text;
}

static bool got(const struct peer *peer, const char *part)
{
	return strstr(text_of(peer, NULL), part) != NULL;
}

static unsigned times(const struct peer *peer, const char *part)
{
	unsigned count = 0;

	for (const char *at = text_of(peer, NULL); (at = strstr(at, part)); at += strlen(part))
		count++;
	return count;
}

static void a_stream_begins_with_hello(void **state)
{
	(void)state;
	peers[0].id = 513;
	open_of(&peers[0], 1);
	assert_string_equal(text_of(&peers[0], NULL),
			    "Status: 200 OK\r\nContent-Type: text/event-stream\r\n"
			    "X-Accel-Buffering: no\r\n\r\n"
			    "event: hello\ndata: {\"epoch\":\"0123456789abcdef\"}\n\n");
	assert_int_equal(counters.streams, 1);
	assert_int_equal(counters.opened, 1);
}

static void the_answer_to_head_ends_after_its_head(void **state)
{
	bool complete;

	(void)state;
	assert_int_equal(hub_open(hub, &peers[0], 1, person_of(1), EXPIRES_S, true,
				  &peers[0].stream),
			 0);
	assert_null(peers[0].stream);
	assert_true(peers[0].ended);
	assert_non_null(strstr(text_of(&peers[0], &complete), "text/event-stream"));
	assert_true(complete);
	assert_false(got(&peers[0], "hello"));
	assert_int_equal(counters.opened, 0);
}

static void an_event_reaches_its_receivers_and_nobody_else(void **state)
{
	unsigned char both[2 * FRAME_PERSON];
	const struct frame frame = {FRAME_TO, both, 2, SLICE("event: message\ndata: {}\n\n")};

	(void)state;
	open_of(&peers[0], 1);
	open_of(&peers[1], 1);
	open_of(&peers[2], 2);
	open_of(&peers[3], 3);
	memcpy(both, person_of(1), FRAME_PERSON);
	memcpy(both + FRAME_PERSON, person_of(2), FRAME_PERSON);
	hub_publish(hub, &frame);
	publish(4, "event: nobody\ndata: {}\n\n");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(times(&peers[i], "event: message\ndata: {}\n\n"), 1);
	assert_false(got(&peers[3], "message"));
	assert_int_equal(counters.frames, 2);
	assert_int_equal(counters.deliveries, 3);
}

static void a_ninth_stream_ends_the_oldest(void **state)
{
	bool complete;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		open_of(&peers[i], 1);
	open_of(&peers[20], 2);
	assert_false(peers[0].ended);
	open_of(&peers[8], 1);
	assert_true(peers[0].ended);
	assert_non_null(strstr(text_of(&peers[0], &complete),
			       "event: bye\ndata: {\"reason\":\"replaced\"}\n\n"));
	assert_true(complete);
	assert_true(got(&peers[0], "retry: "));
	for (size_t i = 1; i < 9; i++)
		assert_false(peers[i].ended);
	open_of(&peers[9], 1);
	assert_true(peers[1].ended);
	assert_int_equal(counters.streams, 9);
	assert_int_equal(counters.closed[LIVE_REPLACED], 2);
}

static void a_stream_that_left_makes_room(void **state)
{
	(void)state;
	for (size_t i = 0; i < 8; i++)
		open_of(&peers[i], 1);
	hub_lost(hub, peers[3].stream);
	peers[3].stream = NULL;
	open_of(&peers[8], 1);
	for (size_t i = 0; i < 9; i++)
		assert_false(peers[i].ended);
	publish(1, "event: e\ndata: {}\n\n");
	assert_false(got(&peers[3], "event: e\n"));
	assert_true(got(&peers[2], "event: e\n") && got(&peers[4], "event: e\n"));
}

static void a_comment_comes_every_20_seconds(void **state)
{
	(void)state;
	for (size_t i = 0; i < 50; i++)
		open_of(&peers[i], (unsigned)i);
	for (unsigned turn = 1; turn <= 3; turn++) {
		pass(HUB_COMMENT_S);
		for (size_t i = 0; i < 50; i++)
			assert_int_equal(times(&peers[i], ":\n\n"), turn);
	}
}

static void comments_are_spread(void **state)
{
	size_t most = 0, before = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		open_of(&peers[i], (unsigned)i);
	for (int64_t i = 0; i < HUB_COMMENT_S; i++) {
		size_t now_written = 0;

		pass(1);
		for (size_t n = 0; n < 1000; n++)
			now_written += got(&peers[n], "}\n\n:\n\n");
		if (now_written - before > most)
			most = now_written - before;
		before = now_written;
	}
	assert_int_equal(before, 1000);
	assert_in_range(most, 50, 150);
}

static void a_stream_ends_when_its_token_expires(void **state)
{
	(void)state;
	open_until(&peers[0], 1, NOW_S + 33);
	open_until(&peers[1], 1, NOW_S + 3600);
	open_until(&peers[2], 2, NOW_S - 5);
	pass(1);
	assert_true(peers[2].ended);
	pass(31);
	assert_false(peers[0].ended);
	pass(1);
	assert_true(peers[0].ended);
	assert_true(got(&peers[0], "event: bye\ndata: {\"reason\":\"expired\"}\n\n"));
	assert_false(peers[1].ended);
	assert_int_equal(counters.closed[LIVE_EXPIRED], 2);
}

static void a_clock_that_jumps_ends_what_has_expired(void **state)
{
	(void)state;
	open_until(&peers[0], 1, NOW_S + 3600);
	open_until(&peers[1], 2, NOW_S + 90000);
	now.now_s += 4000;
	pass(HUB_COMMENT_S);
	assert_true(peers[0].ended);
	assert_false(peers[1].ended);
	/* A machine that slept: nothing was due many times. */
	now.steady_s += 1000;
	pass(1);
	assert_in_range(times(&peers[1], ":\n\n"), 1, 2);
}

static void a_resync_reaches_all_within_five_seconds(void **state)
{
	unsigned seen = 0;

	(void)state;
	for (size_t i = 0; i < 500; i++)
		open_of(&peers[i], (unsigned)i);
	hub_resync(hub);
	hub_resync(hub);
	work();
	pass(1);
	for (size_t i = 0; i < 500; i++)
		seen += got(&peers[i], "resync");
	assert_in_range(seen, 40, 200);
	pass(HUB_RESYNC_S - 1);
	for (size_t i = 0; i < 500; i++)
		assert_int_equal(times(&peers[i], "event: resync\ndata: {}\n\n"), 1);
	pass(HUB_COMMENT_S);
	assert_int_equal(counters.resyncs, 500);
}

static void bytes_that_are_not_taken_wait_in_order(void **state)
{
	(void)state;
	open_of(&peers[0], 1);
	peers[0].room = 5;
	publish(1, "event: one\ndata: {}\n\n");
	assert_true(peers[0].waits);
	publish(1, "event: two\ndata: {}\n\n");
	peers[0].room = 30;
	hub_writable(hub, peers[0].stream);
	assert_true(peers[0].waits);
	publish(1, "event: three\ndata: {}\n\n");
	peers[0].room = OUTPUT_MAX;
	hub_writable(hub, peers[0].stream);
	assert_false(peers[0].waits);
	publish(1, "event: four\ndata: {}\n\n");
	assert_true(got(&peers[0], "event: one\ndata: {}\n\nevent: two\ndata: {}\n\n"
				   "event: three\ndata: {}\n\nevent: four\ndata: {}\n\n"));
}

static void a_reader_that_stops_is_cut_and_holds_nobody_up(void **state)
{
	char text[1024];
	unsigned sent = 0;

	(void)state;
	memset(text, 'x', sizeof(text) - 3);
	memcpy(text + sizeof(text) - 3, "\n\n", 3);
	open_of(&peers[0], 1);
	open_of(&peers[1], 1);
	peers[0].room = 0;
	while (!peers[0].ended && sent < 1000) {
		publish(1, text);
		sent++;
	}
	assert_in_range(sent, HUB_QUEUE_MAX / 1100, HUB_QUEUE_MAX / 1000);
	assert_int_equal(counters.closed[LIVE_CUT], 1);
	assert_int_equal(counters.streams, 1);
	assert_int_equal(times(&peers[1], "xx\n\n"), sent);
}

static void all_queues_together_have_a_limit(void **state)
{
	static char text[FRAME_TEXT_MAX + 1];
	unsigned cut = 0;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	for (size_t i = 0; i < PEERS_MAX; i++) {
		open_of(&peers[i], (unsigned)i);
		peers[i].room = 0;
	}
	for (size_t i = 0; i < PEERS_MAX; i++) {
		publish((unsigned)i, text);
		publish((unsigned)i, text);
		cut += peers[i].ended;
	}
	/* Each takes 64 KB. */
	assert_int_equal(cut, PEERS_MAX - HUB_QUEUES_MAX / HUB_QUEUE_MAX);
}

static void a_broken_connection_is_forgotten(void **state)
{
	(void)state;
	open_of(&peers[0], 1);
	open_of(&peers[1], 1);
	open_of(&peers[2], 1);
	peers[1].broken = true;
	publish(1, "event: e\ndata: {}\n\n");
	assert_true(peers[1].ended);
	assert_true(got(&peers[0], "event: e\n") && got(&peers[2], "event: e\n"));
	peers[3].broken = true;
	assert_int_equal(hub_open(hub, &peers[3], 1, person_of(1), EXPIRES_S, false,
				  &peers[3].stream),
			 0);
	assert_null(peers[3].stream);
	assert_true(peers[3].ended);
	assert_int_equal(counters.streams, 2);
}

#define EVENT(name) "event: " name "\ndata: {}\n\n"

/* How many of the first `count` peers have got this part. */
static size_t how_many(size_t count, const char *part)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += got(&peers[i], part);
	return found;
}

static void an_event_for_all_reaches_every_stream_once_a_slice_at_a_time(void **state)
{
	size_t before = 0;
	bool more = true;

	(void)state;
	for (size_t i = 0; i < PEERS_MAX; i++)
		open_of(&peers[i], (unsigned)i / 3);
	assert_false(hub_work(hub));
	publish_to_all(EVENT("all"));
	assert_int_equal(counters.deliveries, 0);
	while (more) {
		more = hub_work(hub);
		/* A slice ends with the streams of a person. */
		assert_in_range(counters.deliveries - before, more ? 1 : 0, HUB_SLICE + 16);
		before = counters.deliveries;
	}
	for (size_t i = 0; i < PEERS_MAX; i++)
		assert_int_equal(times(&peers[i], EVENT("all")), 1);
	assert_int_equal(counters.deliveries, PEERS_MAX);
	assert_int_equal(counters.frames, 1);
}

static void a_round_misses_nobody_while_streams_come_and_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < 600; i++)
		open_of(&peers[i], (unsigned)i);
	publish_to_all(EVENT("all"));
	assert_true(hub_work(hub));
	/* So many more people that the hub makes more buckets. */
	for (size_t i = 600; i < PEERS_MAX; i++)
		open_of(&peers[i], (unsigned)i);
	for (size_t i = 0; i < 100; i++) {
		hub_lost(hub, peers[i].stream);
		peers[i].stream = NULL;
	}
	peers[100].broken = true;
	work();
	for (size_t i = 101; i < 600; i++)
		assert_int_equal(times(&peers[i], EVENT("all")), 1);
	for (size_t i = 600; i < PEERS_MAX; i++)
		assert_in_range(times(&peers[i], EVENT("all")), 0, 1);
}

/* Whether the parts come in this order, each once. */
static bool in_order(const struct peer *peer, const char *first, const char *second)
{
	const char *text = text_of(peer, NULL);
	const char *one = strstr(text, first), *other = strstr(text, second);

	return one && other && one < other && times(peer, first) == 1 && times(peer, second) == 1;
}

static void events_for_all_and_resync_keep_their_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < 1000; i++)
		open_of(&peers[i], (unsigned)i);
	publish_to_all(EVENT("one"));
	hub_work(hub);
	publish_to_all(EVENT("two"));
	hub_resync(hub);
	/* The seconds pass before the round has ended. */
	for (unsigned i = 0; i < HUB_RESYNC_S + 2; i++) {
		now.steady_s++;
		hub_tick(hub, now);
		hub_work(hub);
	}
	work();
	publish_to_all(EVENT("three"));
	pass(HUB_RESYNC_S);
	assert_int_equal(counters.deliveries, 3000);
	for (size_t i = 0; i < 1000; i++) {
		assert_true(in_order(&peers[i], EVENT("one"), EVENT("two")));
		assert_true(in_order(&peers[i], EVENT("two"), EVENT("resync")));
		assert_true(got(&peers[i], EVENT("three")));
	}
}

static void events_for_all_have_a_limit_and_the_rest_is_counted(void **state)
{
	static char text[FRAME_TEXT_MAX + 1];

	(void)state;
	open_of(&peers[0], 1);
	for (unsigned i = 0; i < HUB_ALL_A_SECOND + 7; i++) {
		publish_to_all(EVENT("all"));
		if (i % 2)
			work();
	}
	work();
	assert_int_equal(times(&peers[0], EVENT("all")), HUB_ALL_A_SECOND);
	assert_int_equal(counters.deliveries, HUB_ALL_A_SECOND);
	assert_int_equal(counters.dropped, 7);
	assert_int_equal(counters.frames, HUB_ALL_A_SECOND + 7);
	/* Others are not concerned, nor is the next second. */
	publish(1, EVENT("own"));
	assert_true(got(&peers[0], EVENT("own")));
	pass(1);
	publish_to_all(EVENT("later"));
	/* A round has room for as much text as one frame. */
	memset(text, 'x', sizeof(text) - 1);
	publish_to_all(text);
	work();
	assert_true(got(&peers[0], EVENT("later")));
	assert_int_equal(counters.dropped, 8);
	publish_to_all(text);
	work();
	assert_int_equal(counters.dropped, 8);
	assert_true(got(&peers[0], text));
}

static void a_reader_that_stops_is_cut_by_a_round_too(void **state)
{
	char text[1024];
	unsigned sent = 0;

	(void)state;
	memset(text, 'x', sizeof(text) - 3);
	memcpy(text + sizeof(text) - 3, "\n\n", 3);
	for (size_t i = 0; i < 3; i++)
		open_of(&peers[i], 1);
	peers[1].room = 0;
	while (!peers[1].ended && sent < 1000) {
		publish_to_all(text);
		sent++;
		pass(1);
	}
	assert_true(peers[1].ended);
	assert_in_range(sent, HUB_QUEUE_MAX / 1100, HUB_QUEUE_MAX / 1000);
	assert_int_equal(counters.closed[LIVE_CUT], 1);
	assert_int_equal(times(&peers[0], "xx\n\n"), sent);
	assert_int_equal(times(&peers[2], "xx\n\n"), sent);
}

#define HOME(newer) "event: home\ndata: {\"newer\":" newer "}\n\n"

static void new_cruds_are_told_at_once_and_then_counted_for_ten_seconds(void **state)
{
	(void)state;
	open_of(&peers[0], 1);
	pass(30);
	assert_false(got(&peers[0], "home"));
	count_crud(1);
	work();
	assert_int_equal(times(&peers[0], HOME("1")), 1);
	open_of(&peers[1], 1);
	count_crud(2);
	count_crud(3);
	count_crud(2);
	work();
	pass(HUB_HOME_S);
	assert_int_equal(times(&peers[0], "event: home\n"), 1);
	/* It was new: its first one came at once, with what came after its hello. */
	assert_int_equal(times(&peers[1], HOME("2")), 1);
	pass(HUB_HOME_MORE_S + 1);
	assert_int_equal(times(&peers[0], HOME("2")), 1);
	pass(3 * HUB_HOME_S);
	assert_int_equal(times(&peers[0], "event: home\n"), 2);
	assert_int_equal(times(&peers[1], "event: home\n"), 1);
	/* It is quiet again. */
	count_crud(4);
	work();
	assert_int_equal(times(&peers[0], HOME("1")), 2);
	assert_int_equal(counters.frames, 5);
	assert_int_equal(counters.deliveries, 5);
}

static void a_crud_is_counted_once_as_long_as_it_is_remembered(void **state)
{
	(void)state;
	open_of(&peers[0], 1);
	for (unsigned i = 1; i <= HUB_CRUDS; i++)
		count_crud(i);
	count_crud(1);
	count_crud(HUB_CRUDS);
	work();
	assert_true(got(&peers[0], HOME("256")));
	count_crud(HUB_CRUDS + 1);
	count_crud(1);
	pass(HUB_HOME_S + HUB_HOME_MORE_S + 1);
	assert_true(got(&peers[0], HOME("2")));
}

static void home_events_are_spread(void **state)
{
	size_t before = 1000, most = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		open_of(&peers[i], (unsigned)i);
	count_crud(1);
	assert_true(hub_work(hub));
	assert_in_range(counters.deliveries, 1, HUB_SLICE + 16);
	work();
	assert_int_equal(counters.deliveries, 1000);
	count_crud(2);
	pass(HUB_HOME_S);
	assert_int_equal(counters.deliveries, 1000);
	for (int64_t i = 0; i < HUB_HOME_MORE_S + 1; i++) {
		pass(1);
		if (counters.deliveries - before > most)
			most = counters.deliveries - before;
		before = counters.deliveries;
	}
	assert_int_equal(how_many(1000, HOME("1")), 1000);
	assert_int_equal(counters.deliveries, 2000);
	assert_in_range(most, 50, 200);
}

static void comments_are_written_in_slices(void **state)
{
	size_t before = 0;

	(void)state;
	for (size_t i = 0; i < PEERS_MAX; i++)
		open_of(&peers[i], (unsigned)i);
	now.steady_s += HUB_COMMENT_S;
	hub_tick(hub, now);
	for (bool more = true; more;) {
		size_t written;

		more = hub_work(hub);
		written = how_many(PEERS_MAX, "}\n\n:\n\n");
		assert_in_range(written - before, more ? 1 : 0, HUB_SLICE);
		before = written;
	}
	assert_int_equal(before, PEERS_MAX);
}

static void closing_says_when_to_return(void **state)
{
	unsigned early = 0;

	(void)state;
	for (size_t i = 0; i < 2000; i++)
		open_of(&peers[i], (unsigned)i / 4);
	hub_close_all(hub);
	for (size_t i = 0; i < 2000; i++) {
		const char *retry = strstr(text_of(&peers[i], NULL), "retry: ");
		long ms;

		assert_true(peers[i].ended);
		assert_true(got(&peers[i], "event: bye\ndata: {\"reason\":\"closing\"}\n\n"));
		assert_non_null(retry);
		ms = strtol(retry + sizeof("retry: ") - 1, NULL, 10);
		assert_in_range(ms, 1000, 3000);
		early += ms < 2000;
	}
	assert_in_range(early, 800, 1200);
	assert_int_equal(counters.closed[LIVE_CLOSING], 2000);
}

static void a_hub_that_drains_lets_a_part_of_its_streams_leave_each_second(void **state)
{
	uint64_t before = 0, most = 0;

	(void)state;
	for (size_t i = 0; i < 2000; i++)
		open_of(&peers[i], (unsigned)i / 4);
	hub_drain(hub);
	assert_int_equal(counters.closed[LIVE_CLOSING], 0);
	for (int64_t s = 0; s < 2000 / HUB_LEAVES_A_SECOND; s++) {
		pass(1);
		if (counters.closed[LIVE_CLOSING] - before > most)
			most = counters.closed[LIVE_CLOSING] - before;
		before = counters.closed[LIVE_CLOSING];
	}
	assert_in_range(most, 400, 600);
	assert_int_equal(counters.streams, 0);
	for (size_t i = 0; i < 2000; i++)
		assert_true(got(&peers[i], "event: bye\ndata: {\"reason\":\"closing\"}\n\n"));
}

static void a_stream_that_comes_while_the_hub_drains_ends_soon(void **state)
{
	(void)state;
	open_of(&peers[0], 1);
	hub_drain(hub);
	pass(3);
	assert_true(peers[0].ended);
	open_of(&peers[1], 1);
	assert_false(peers[1].ended);
	pass(2);
	assert_true(peers[1].ended);
}

static void streams_stay_when_the_hub_drains_no_longer(void **state)
{
	(void)state;
	open_of(&peers[0], 1);
	hub_drain(hub);
	hub_stay(hub);
	open_of(&peers[1], 2);
	pass(HUB_LEAVE_MOST_S);
	assert_false(peers[0].ended);
	assert_false(peers[1].ended);
}

/* Any order of all that can happen; the sanitizers and the teardown look for what is left over. */
static void any_order_of_events_is_safe(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50000; i++) {
		struct peer *peer = &peers[random_below(200)];

		switch (random_below(10)) {
		case 0:
		case 1:
			if (peer->stream)
				break;
			buf_reset(&peer->output);
			peer->ended = peer->waits = peer->broken = false;
			peer->room = OUTPUT_MAX;
			open_until(peer, random_below(30), now.now_s + random_below(100));
			break;
		case 2:
			if (peer->stream)
				hub_lost(hub, peer->stream);
			peer->stream = NULL;
			break;
		case 3:
			peer->room = random_below(400);
			break;
		case 4:
			if (peer->stream && peer->waits) {
				peer->room += 300;
				hub_writable(hub, peer->stream);
			}
			break;
		case 5:
			pass(random_below(3));
			break;
		case 6:
			if (random_below(50) == 0)
				hub_resync(hub);
			if (random_below(500) == 0)
				hub_missed(hub);
			if (random_below(500) == 0)
				hub_drain(hub);
			if (random_below(200) == 0)
				hub_stay(hub);
			if (random_below(50) == 0)
				revoke(random_below(30));
			peer->broken = random_below(10) == 0;
			break;
		case 7:
			publish_to_all("event: all\ndata: {}\n\n");
			hub_work(hub);
			break;
		case 8:
			count_crud(random_below(1000));
			hub_work(hub);
			break;
		default:
			publish(random_below(30),
				"event: e\ndata: {\"n\":12345678901234567890}\n\n");
		}
	}
}

static void streams_of_a_person_who_may_have_none_end(void **state)
{
	bool complete;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		open_of(&peers[i], 1);
	open_of(&peers[3], 2);
	revoke(1);
	for (size_t i = 0; i < 3; i++) {
		assert_true(peers[i].ended);
		assert_non_null(strstr(text_of(&peers[i], &complete),
				       "event: bye\ndata: {\"reason\":\"revoked\"}\n\n"));
		assert_true(complete);
		assert_true(got(&peers[i], "retry: "));
	}
	assert_false(peers[3].ended);
	assert_int_equal(counters.revoked, 3);

	/* a worker that does not know it yet gets them none, for a while */
	open_of(&peers[4], 1);
	assert_true(peers[4].ended);
	assert_null(peers[4].stream);
	assert_true(got(&peers[4], "event: hello\n") && got(&peers[4], "{\"reason\":\"revoked\"}"));
	open_of(&peers[5], 2);
	assert_false(peers[5].ended);
	pass(HUB_REVOKED_S);
	open_of(&peers[6], 1);
	assert_false(peers[6].ended);
}

static void the_latest_who_were_revoked_are_known(void **state)
{
	(void)state;
	for (unsigned person = 0; person <= HUB_REVOKED; person++)
		revoke(person);
	open_of(&peers[0], 0);
	assert_false(peers[0].ended);
	open_of(&peers[1], 1);
	assert_true(peers[1].ended);
	open_of(&peers[2], HUB_REVOKED);
	assert_true(peers[2].ended);
}

static void after_a_miss_streams_read_again_and_end_in_a_minute(void **state)
{
	size_t most = 0, before = 0;

	(void)state;
	for (size_t i = 0; i < 300; i++)
		open_of(&peers[i], (unsigned)i);
	open_until(&peers[300], 300, NOW_S + 10);
	hub_missed(hub);
	pass(HUB_RENEW_S - 1);
	for (size_t i = 0; i < 300; i++) {
		assert_int_equal(times(&peers[i], "event: resync\n"), 1);
		assert_false(peers[i].ended);
	}
	assert_true(peers[300].ended);
	open_of(&peers[301], 301);
	for (int64_t i = 0; i <= HUB_RENEW_S; i++) {
		pass(1);
		if (counters.closed[LIVE_EXPIRED] - before > most)
			most = counters.closed[LIVE_EXPIRED] - before;
		before = counters.closed[LIVE_EXPIRED];
	}
	for (size_t i = 0; i < 300; i++)
		assert_true(got(&peers[i], "{\"reason\":\"expired\"}"));
	assert_in_range(most, 10, 30);
	/* one that came later is not meant, and a resync ends nothing */
	hub_resync(hub);
	pass(2 * HUB_RENEW_S);
	assert_false(peers[301].ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_stream_begins_with_hello, setup, teardown),
		cmocka_unit_test_setup_teardown(the_answer_to_head_ends_after_its_head, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_event_reaches_its_receivers_and_nobody_else,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_ninth_stream_ends_the_oldest, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stream_that_left_makes_room, setup, teardown),
		cmocka_unit_test_setup_teardown(a_comment_comes_every_20_seconds, setup, teardown),
		cmocka_unit_test_setup_teardown(comments_are_spread, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stream_ends_when_its_token_expires, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_clock_that_jumps_ends_what_has_expired, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_resync_reaches_all_within_five_seconds, setup,
						teardown),
		cmocka_unit_test_setup_teardown(bytes_that_are_not_taken_wait_in_order, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_reader_that_stops_is_cut_and_holds_nobody_up,
						setup, teardown),
		cmocka_unit_test_setup_teardown(all_queues_together_have_a_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(a_broken_connection_is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_event_for_all_reaches_every_stream_once_a_slice_at_a_time, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_round_misses_nobody_while_streams_come_and_go,
						setup, teardown),
		cmocka_unit_test_setup_teardown(events_for_all_and_resync_keep_their_order, setup,
						teardown),
		cmocka_unit_test_setup_teardown(events_for_all_have_a_limit_and_the_rest_is_counted,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_reader_that_stops_is_cut_by_a_round_too, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			new_cruds_are_told_at_once_and_then_counted_for_ten_seconds, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_crud_is_counted_once_as_long_as_it_is_remembered,
						setup, teardown),
		cmocka_unit_test_setup_teardown(home_events_are_spread, setup, teardown),
		cmocka_unit_test_setup_teardown(comments_are_written_in_slices, setup, teardown),
		cmocka_unit_test_setup_teardown(closing_says_when_to_return, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_hub_that_drains_lets_a_part_of_its_streams_leave_each_second, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_stream_that_comes_while_the_hub_drains_ends_soon,
						setup, teardown),
		cmocka_unit_test_setup_teardown(streams_stay_when_the_hub_drains_no_longer, setup,
						teardown),
		cmocka_unit_test_setup_teardown(streams_of_a_person_who_may_have_none_end, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_latest_who_were_revoked_are_known, setup,
						teardown),
		cmocka_unit_test_setup_teardown(after_a_miss_streams_read_again_and_end_in_a_minute,
						setup, teardown),
		cmocka_unit_test_setup_teardown(any_order_of_events_is_safe, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
