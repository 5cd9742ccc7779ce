/* bus.c - see bus.h. */
#include "live/bus.h"

#include <assert.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/socket.h"
#include "db/hosts.h"
#include "live/peers.h"

#define CHANNEL "cruddur_live"
#define LENGTH	2 /* bytes before each frame of a payload */
/* Id, number and kind are at most 35 bytes; the rest holds 3 bytes in 4 characters. */
#define PAYLOAD_HEAD  36
#define FRAMES_MAX    ((BUS_PAYLOAD_MAX - PAYLOAD_HEAD) / 4 * 3)
#define PAYLOADS_MAX  16 /* in one statement */
#define STATEMENT_MAX (PAYLOADS_MAX * (BUS_PAYLOAD_SIZE + 1) + 2)

#define NOTIFY "select pg_notify('" CHANNEL "', payload) from unnest($1::text[]) as payload"

enum state {
	BUS_CLOSED,
	BUS_CONNECTING,
	BUS_LISTENING, /* LISTEN was sent */
	BUS_OPEN,
	BUS_NOTIFYING, /* a NOTIFY was sent */
};

struct bus {
	const struct bus_io *io;
	void *pointer;
	struct live_counters *counters;
	const char *url;
	struct hosts *hosts;
	size_t host; /* the next one */
	PGconn *conn;
	enum state state;
	PostgresPollingStatusType polling;
	bool sending;	     /* libpq has bytes that the socket did not take */
	bool refused;	     /* the last connection failed: said once */
	int64_t deadline_ms; /* of the state; of BUS_CLOSED: when to connect */
	uint64_t id, number; /* of the last payload */
	int64_t sent_ms;     /* the last payload */
	struct buf queue;    /* frames, each after its length */
	size_t overflowed;   /* frames that had no room in it */
	struct buf statement;
	struct peers peers;
};

/* --- payloads -------------------------------------------------------------------------------- */

static void write_payload(uint64_t id, uint64_t number, enum bus_kind kind, struct slice frames,
			  struct buf *out)
{
	buf_printf(out, "%016" PRIx64 " %" PRIx64 " %c ", id, number, (char)kind);
	base64url_encode(frames, out);
}

static void append_packet(struct buf *to, struct slice packet)
{
	buf_putc(to, (char)(packet.len & 0xff));
	buf_putc(to, (char)(packet.len >> 8));
	buf_append(to, packet.ptr, packet.len);
}

int bus_write_packet(struct slice packet, struct buf *out)
{
	buf_auto frames = BUF_INIT(FRAMES_MAX);

	buf_reset(out);
	if (packet.len + LENGTH > FRAMES_MAX)
		return ERR_INVALID;
	append_packet(&frames, packet);
	write_payload(0, 0, BUS_FRAMES, buf_slice(&frames), out);
	return frames.failed || out->failed ? ERR_NO_MEMORY : 0;
}

int bus_read(struct slice text, struct buf *out, struct bus_payload *ret_payload)
{
	struct slice id = slice_cut(&text, ' ');
	struct slice number = slice_cut(&text, ' ');
	struct slice kind = slice_cut(&text, ' ');
	int r;

	buf_reset(out);
	if (id.len != 16 || kind.len != 1 || !strchr("fhe", kind.ptr[0]) ||
	    !slice_number(id, 16, UINT64_MAX, &ret_payload->id) ||
	    !slice_number(number, 16, UINT64_MAX, &ret_payload->number))
		return ERR_INVALID;
	ret_payload->kind = (enum bus_kind)kind.ptr[0];
	r = base64url_decode(text, out);
	ret_payload->frames = buf_slice(out);
	return r;
}

bool bus_next_packet(struct slice *frames, struct slice *ret_packet)
{
	const unsigned char *bytes = (const unsigned char *)frames->ptr;
	size_t len;

	if (frames->len < LENGTH)
		return false;
	len = bytes[0] | (size_t)bytes[1] << 8;
	if (len > frames->len - LENGTH)
		return false;
	*ret_packet = (struct slice){frames->ptr + LENGTH, len};
	*frames = slice_from(*frames, LENGTH + len);
	return true;
}

/* --- the connection -------------------------------------------------------------------------- */

struct bus *bus_new(const char *url, uint64_t id, const struct bus_io *io, void *pointer,
		    struct live_counters *counters)
{
	struct bus *bus = calloc(1, sizeof(*bus));

	if (!bus)
		return NULL;
	bus->io = io;
	bus->pointer = pointer;
	bus->counters = counters;
	bus->url = url;
	bus->id = id;
	bus->queue = (struct buf)BUF_INIT(BUS_QUEUE_MAX);
	bus->statement = (struct buf)BUF_INIT(STATEMENT_MAX);
	bus->hosts = hosts_new(url);
	if (!bus->hosts) {
		free(bus);
		return NULL;
	}
	__atomic_store_n(&counters->bus_connected, 0, __ATOMIC_RELAXED);
	return bus;
}

static void count(uint64_t *counter, uint64_t change)
{
	__atomic_store_n(counter, *counter + change, __ATOMIC_RELAXED);
}

static void missed(struct bus *bus)
{
	count(&bus->counters->bus_missed, 1);
	bus->io->missed(bus->pointer);
}

static void disconnect(struct bus *bus, int64_t now_ms)
{
	PQfinish(bus->conn);
	bus->conn = NULL;
	bus->state = BUS_CLOSED;
	bus->sending = false;
	bus->deadline_ms = now_ms + BUS_RETRY_MS;
	__atomic_store_n(&bus->counters->bus_connected, 0, __ATOMIC_RELAXED);
}

/* The messages of libpq have several lines: the first is the cause. */
static void fail(struct bus *bus, const char *message, int64_t now_ms)
{
	char text[256];

	if (!bus->refused) {
		snprintf(text, sizeof(text), "%.*s", (int)strcspn(message, "\r\n"), message);
		bus->io->say(bus->pointer, text);
	}
	bus->refused = true;
	disconnect(bus, now_ms);
}

void bus_free(struct bus *bus)
{
	if (!bus)
		return;
	disconnect(bus, 0);
	hosts_free(bus->hosts);
	buf_dispose(&bus->queue);
	buf_dispose(&bus->statement);
	free(bus);
}

static void ignore_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

static void enter(struct bus *bus, enum state state, int64_t now_ms)
{
	bus->state = state;
	bus->deadline_ms = now_ms + BUS_ANSWER_MS;
}

/*
 * Begin to connect to the next server. One that only reads cannot listen. A NOTIFY writes nothing,
 * so its commit need not wait for a disk.
 */
static void begin(struct bus *bus, int64_t now_ms)
{
	struct host host = hosts_get(bus->hosts, bus->host++ % hosts_count(bus->hosts));
	const char *keywords[] = {"target_session_attrs",
				  "dbname",
				  "host",
				  "hostaddr",
				  "port",
				  "options",
				  "application_name",
				  "tcp_user_timeout",
				  "keepalives_idle",
				  "gssencmode",
				  "client_encoding",
				  NULL};
	const char *values[] = {"read-write",	bus->url,
				host.name,	host.address,
				host.port,	"-c synchronous_commit=off -c statement_timeout=5s",
				"cruddur-live", "3000",
				"30",		"disable",
				"UTF8",		NULL};

	bus->conn = PQconnectStartParams(keywords, values, 1);
	enter(bus, BUS_CONNECTING, now_ms);
	bus->polling = PGRES_POLLING_WRITING;
	if (!bus->conn || PQstatus(bus->conn) == CONNECTION_BAD)
		fail(bus, bus->conn ? PQerrorMessage(bus->conn) : "out of memory", now_ms);
}

static void flush(struct bus *bus, int64_t now_ms)
{
	int r = PQflush(bus->conn);

	bus->sending = r > 0;
	if (r < 0)
		fail(bus, PQerrorMessage(bus->conn), now_ms);
}

static void go_on_connecting(struct bus *bus, int64_t now_ms)
{
	bus->polling = PQconnectPoll(bus->conn);
	if (bus->polling == PGRES_POLLING_FAILED) {
		fail(bus, PQerrorMessage(bus->conn), now_ms);
	} else if (bus->polling == PGRES_POLLING_OK) {
		PQsetNoticeReceiver(bus->conn, ignore_notice, NULL);
		enter(bus, BUS_LISTENING, now_ms);
		if (PQsetnonblocking(bus->conn, 1) < 0 ||
		    !PQsendQuery(bus->conn, "listen " CHANNEL))
			fail(bus, PQerrorMessage(bus->conn), now_ms);
		else
			flush(bus, now_ms);
	}
}

/* --- sending --------------------------------------------------------------------------------- */

/* A payload for the array of the statement; it has no character that an array would quote. */
static void add_payload(struct bus *bus, enum bus_kind kind, struct slice frames)
{
	buf_putc(&bus->statement, bus->statement.len == 0 ? '{' : ',');
	buf_putc(&bus->statement, '"');
	write_payload(bus->id, bus->number, kind, frames, &bus->statement);
	buf_putc(&bus->statement, '"');
}

/* Cut as many whole frames off the queue as fit into a payload. */
static struct slice cut_frames(struct slice *queue)
{
	struct slice rest = *queue;
	struct slice packet;
	size_t len = 0;

	while (bus_next_packet(&rest, &packet) && len + LENGTH + packet.len <= FRAMES_MAX)
		len += LENGTH + packet.len;
	rest = (struct slice){queue->ptr, len};
	*queue = slice_from(*queue, len);
	return rest;
}

/* Make payloads of the beginning of the queue. Their frames leave it: they are sent once. */
static void add_queue(struct bus *bus)
{
	struct slice queue = buf_slice(&bus->queue);

	for (unsigned i = 0; i < PAYLOADS_MAX && queue.len > 0; i++) {
		bus->number++;
		add_payload(bus, BUS_FRAMES, cut_frames(&queue));
	}
	if (queue.len > 0)
		memmove(bus->queue.data, queue.ptr, queue.len);
	bus->queue.len = queue.len;
	/* The frames that had no room came after all of these. */
	if (queue.len == 0 && bus->overflowed > 0) {
		bus->number++;
		bus->overflowed = 0;
	}
}

static void send_statement(struct bus *bus, int64_t now_ms)
{
	const char *const values[] = {bus->statement.data};

	buf_putc(&bus->statement, '}');
	enter(bus, BUS_NOTIFYING, now_ms);
	bus->sent_ms = now_ms;
	count(&bus->counters->bus_sent, 1);
	/* Payloads that are not sent have their numbers: the others miss them. */
	if (bus->statement.failed)
		fail(bus, "out of memory", now_ms);
	else if (!PQsendQueryParams(bus->conn, NOTIFY, 1, NULL, (const char *const *)values, NULL,
				    NULL, 0))
		fail(bus, PQerrorMessage(bus->conn), now_ms);
	else
		flush(bus, now_ms);
}

/* Send what waits, or `kind` if it is not BUS_FRAMES. */
static void notify(struct bus *bus, enum bus_kind kind, int64_t now_ms)
{
	buf_reset(&bus->statement);
	add_queue(bus);
	if (kind != BUS_FRAMES)
		add_payload(bus, kind, (struct slice){0});
	if (bus->statement.len > 0)
		send_statement(bus, now_ms);
}

/* The receivers of a frame that does not fit read again. */
static void add_resync(struct bus *bus, struct slice packet)
{
	struct frame frame;
	buf_auto small = BUF_INIT(FRAME_MAX);

	if (frame_read(packet, &frame) == 0 && frame_write_resync(&frame, &small) == 0)
		append_packet(&bus->queue, buf_slice(&small));
}

void bus_publish(struct bus *bus, struct slice packet, int64_t now_ms)
{
	size_t len = bus->queue.len;

	if (bus->overflowed == 0 && packet.len + LENGTH <= FRAMES_MAX)
		append_packet(&bus->queue, packet);
	else if (bus->overflowed == 0)
		add_resync(bus, packet);
	if (bus->queue.failed) {
		bus->queue.failed = false;
		bus->queue.len = len;
		bus->overflowed++;
	}
	if (bus->state == BUS_OPEN)
		notify(bus, BUS_FRAMES, now_ms);
}

/* --- receiving ------------------------------------------------------------------------------- */

static void take_frames(struct bus *bus, struct slice frames)
{
	struct slice packet;
	struct frame frame;

	while (bus_next_packet(&frames, &packet))
		if (frame_read(packet, &frame) == 0)
			bus->io->frame(bus->pointer, &frame);
}

static void hear(struct bus *bus, const char *text, int64_t now_ms)
{
	buf_auto out = BUF_INIT(BUS_PAYLOAD_MAX);
	struct bus_payload payload;
	enum peers_heard heard = PEERS_IN_ORDER;

	if (bus_read(slice_of(text), &out, &payload) < 0 || payload.id == bus->id)
		return;
	count(&bus->counters->bus_received, 1);
	if (payload.id != 0)
		heard = peers_hear(&bus->peers, payload.id, payload.number,
				   payload.kind != BUS_FRAMES, now_ms);
	if (heard == PEERS_MISSED)
		missed(bus);
	if (payload.kind == BUS_END)
		peers_forget(&bus->peers, payload.id);
	else if (heard != PEERS_AGAIN)
		take_frames(bus, payload.frames);
}

/* The connection listens: what the others said before was missed. */
static void begin_open(struct bus *bus, int64_t now_ms)
{
	if (bus->refused)
		bus->io->say(bus->pointer, "connected again");
	bus->refused = false;
	__atomic_store_n(&bus->counters->bus_connected, 1, __ATOMIC_RELAXED);
	peers_begin(&bus->peers, now_ms);
	missed(bus);
	notify(bus, BUS_HEARTBEAT, now_ms);
}

/* Read the results of the statement that are there. */
static void read_results(struct bus *bus, int64_t now_ms)
{
	while (bus->state != BUS_OPEN && !PQisBusy(bus->conn)) {
		PGresult *result = PQgetResult(bus->conn);
		ExecStatusType status = PQresultStatus(result);

		PQclear(result);
		if (result && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
			fail(bus, PQerrorMessage(bus->conn), now_ms);
			return;
		}
		if (result)
			continue;
		if (bus->state == BUS_LISTENING) {
			bus->state = BUS_OPEN;
			begin_open(bus, now_ms);
		} else {
			bus->state = BUS_OPEN;
			if (bus->queue.len > 0 || bus->overflowed > 0)
				notify(bus, BUS_FRAMES, now_ms);
		}
		return;
	}
}

static void receive(struct bus *bus, int64_t now_ms)
{
	PGnotify *notification;

	if (!PQconsumeInput(bus->conn)) {
		fail(bus, PQerrorMessage(bus->conn), now_ms);
		return;
	}
	while ((notification = PQnotifies(bus->conn))) {
		hear(bus, notification->extra, now_ms);
		PQfreemem(notification);
	}
	read_results(bus, now_ms);
}

int bus_descriptor(const struct bus *bus)
{
	return bus->conn ? PQsocket(bus->conn) : -1;
}

uint32_t bus_events(const struct bus *bus)
{
	if (bus->state == BUS_CONNECTING)
		return bus->polling == PGRES_POLLING_READING ? EPOLLIN : EPOLLOUT;
	return EPOLLIN | (bus->sending ? (uint32_t)EPOLLOUT : 0);
}

void bus_ready(struct bus *bus, int64_t now_ms)
{
	if (bus->state == BUS_CONNECTING) {
		go_on_connecting(bus, now_ms);
	} else if (bus->conn) {
		if (bus->sending)
			flush(bus, now_ms);
		if (bus->conn)
			receive(bus, now_ms);
	}
}

void bus_tick(struct bus *bus, int64_t now_ms)
{
	if (bus->state == BUS_CLOSED) {
		if (now_ms >= bus->deadline_ms)
			begin(bus, now_ms);
		return;
	}
	if (bus->state != BUS_OPEN) {
		if (now_ms >= bus->deadline_ms)
			fail(bus, "PostgreSQL does not answer", now_ms);
		return;
	}
	if (peers_silent(&bus->peers, now_ms))
		missed(bus);
	if (now_ms - bus->sent_ms >= 900)
		notify(bus, BUS_HEARTBEAT, now_ms);
}

/* Wait for the answer of what was sent. */
static void await(struct bus *bus, int64_t deadline_ms)
{
	while (bus->state == BUS_NOTIFYING) {
		short events = (short)(POLLIN | (bus->sending ? POLLOUT : 0));

		if (socket_wait(bus_descriptor(bus), events, deadline_ms) < 0)
			return;
		bus_ready(bus, clock_monotonic_ms());
	}
}

bool bus_end(struct bus *bus, int64_t timeout_ms)
{
	int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;

	/* Each answer sends what waits. */
	await(bus, deadline_ms);
	if (bus->state != BUS_OPEN)
		return false;
	notify(bus, BUS_END, clock_monotonic_ms());
	await(bus, deadline_ms);
	return bus->state == BUS_OPEN;
}
