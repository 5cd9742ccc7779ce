/*
 * live_hub.c - live_hub: holds the streams of events, and passes what workers publish on to them.
 *
 * usage: live_hub, with CRUDDUR_HOME, and CRUDDUR_METRICS_DIR for its counters
 *
 * One process, one thread, epoll(7). It listens on two sockets of the run folder:
 *
 *	hub.sock      FastCGI, from nginx: one connection for each stream. nginx sends here what the
 *	              program `live` has authenticated (X-Accel-Redirect), so DOCUMENT_URI is the
 *	              product's own: /-/live/<uuid of the person>/<end of the token>
 *	publish.sock  SOCK_SEQPACKET, from workers: one packet for each event (live/frame.h)
 *
 * With CRUDDUR_LIVE_BUS it passes frames on to the hubs of other machines, and hears theirs
 * (live/bus.h): `postgresql` uses CONNECTION_URL, anything else is a URL of its own.
 *
 * SIGHUP asks all browsers to return (`bye closing`) before nginx is reloaded; SIGTERM the same,
 * and then the program ends. SIGUSR1 asks them a few at a time (`bin/pool drain`), and SIGUSR2 lets
 * them stay after that.
 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/err.h"
#include "live/bus.h"
#include "live/fastcgi.h"
#include "live/hub.h"
#include "live/publisher.h"
#include "run/live_counters.h"
#include "run/log.h"

#define HUB_SOCKET  "hub.sock"
#define PREFIX	    "/-/live/"
#define BACKLOG	    4096
#define EVENTS	    256
#define TICK_MS	    1000
#define ACCEPTS_MAX 64	  /* in one turn, so that frames do not wait for a crowd */
#define PACKETS_MAX 256	  /* of one worker in one turn */
#define SEND_BUFFER 16384 /* of the kernel, for each stream; more waits in the hub's own queue */
#define DESCRIPTORS 1024  /* for everything but streams */
#define HEAD_S	    10	  /* for a request to arrive */
#define BUS_END_MS  1000  /* for what waits at the end */
/*
 * To wake a process costs its waker more than to hand over a packet. So after a packet the hub
 * looks for the next ones by itself for a while, and these wake nobody.
 */
#define LOOK_MS	 1  /* from one look to the next */
#define LOOKS_MS 20 /* after the last packet */

enum kind { LISTEN_STREAMS, LISTEN_WORKERS, WORKER, STREAM, BUS };

/* An event of epoll belongs to one of these. */
struct connection {
	enum kind kind;
	int fd;
	struct server *server;
	struct connection *next, **previous; /* in a list of the server */
	struct fastcgi *in;		     /* while the request arrives; else NULL */
	struct stream *stream;
	int64_t until_s; /* the request must be there; steady_s */
	bool ended;
};

struct server {
	int epoll;
	struct hub *hub;
	struct bus *bus;		     /* NULL: there is no other machine */
	struct live_counters *counters, own; /* own: without a folder for the counters */
	struct connection streams, workers;  /* the listening sockets */
	struct connection to_bus;	     /* its descriptor changes */
	struct connection *arriving;	     /* streams whose request is not there yet */
	struct connection *connected;	     /* workers */
	struct connection *ended;	     /* to be freed when no event of this turn is left */
	unsigned arriving_count;
	uint64_t streams_max;
	int64_t packet_ms;    /* when the last packet of a worker came; steady */
	uint64_t unpublished; /* as the counters had it at the last look */
};

static volatile sig_atomic_t terminated, hung_up, to_drain, to_stay;

static void on_signal(int signal_number)
{
	switch (signal_number) {
	case SIGHUP:
		hung_up = 1;
		break;
	case SIGUSR1:
		to_drain = 1;
		break;
	case SIGUSR2:
		to_stay = 1;
		break;
	default:
		terminated = 1;
	}
}

static struct hub_time time_now(void)
{
	return (struct hub_time){clock_monotonic_ms() / 1000, clock_now_us() / 1000000};
}

/* --- connections ----------------------------------------------------------------------------- */

static void put_first(struct connection **list, struct connection *connection)
{
	connection->next = *list;
	connection->previous = list;
	if (connection->next)
		connection->next->previous = &connection->next;
	*list = connection;
}

static void take_out(struct connection *connection)
{
	if (!connection->previous)
		return;
	*connection->previous = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	connection->previous = NULL;
}

/* The request is there, or will not come. */
static void stop_arriving(struct connection *connection)
{
	if (!connection->in)
		return;
	take_out(connection);
	connection->server->arriving_count--;
	fastcgi_dispose(connection->in);
	free(connection->in);
	connection->in = NULL;
}

/* Close it now, and free it after this turn: epoll may have given events of it already. */
static void finish(struct connection *connection)
{
	if (connection->ended)
		return;
	stop_arriving(connection);
	take_out(connection);
	close(connection->fd);
	connection->ended = true;
	put_first(&connection->server->ended, connection);
}

static void free_ended(struct server *server)
{
	while (server->ended) {
		struct connection *connection = server->ended;

		server->ended = connection->next;
		free(connection);
	}
}

static int watch(const struct server *server, struct connection *connection, int operation,
		 uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = connection};

	return epoll_ctl(server->epoll, operation, connection->fd, &event) < 0 ? ERR_NO_MEMORY : 0;
}

/* --- what the hub does with a stream's connection --------------------------------------------- */

static ssize_t write_stream(void *pointer, const char *bytes, size_t len)
{
	const struct connection *connection = pointer;
	ssize_t n;

	do {
		n = send(connection->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM ? 0 : ERR_UNAVAILABLE;
}

static void wait_stream(void *pointer, bool waits)
{
	struct connection *connection = pointer;
	uint32_t out = waits ? EPOLLOUT : 0;

	/* Without memory for the change the queue fills, and the stream is cut. */
	(void)!watch(connection->server, connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP | out);
}

static void end_stream(void *pointer)
{
	struct connection *connection = pointer;

	connection->stream = NULL;
	finish(connection);
}

static const struct hub_io stream_io = {write_stream, wait_stream, end_stream};

/* --- streams --------------------------------------------------------------------------------- */

/* Read /-/live/<uuid>/<seconds since 1970>. */
static int read_target(const struct fastcgi *in, unsigned char ret_person[FRAME_PERSON],
		       int64_t *ret_expires_s)
{
	struct slice rest, uuid;
	uint64_t expires_s;
	int r;

	r = fastcgi_param(in, "DOCUMENT_URI", &rest);
	if (r < 0 || !slice_begins(rest, PREFIX))
		return ERR_INVALID;
	rest = slice_from(rest, sizeof(PREFIX) - 1);
	uuid = slice_cut(&rest, '/');
	if (!slice_number(rest, 10, INT64_MAX / 2, &expires_s))
		return ERR_INVALID;
	*ret_expires_s = (int64_t)expires_s;
	return frame_person(uuid, ret_person);
}

static void open_stream(struct connection *connection)
{
	struct server *server = connection->server;
	unsigned char person[FRAME_PERSON];
	uint16_t id = connection->in->id;
	struct slice method = {0};
	int64_t expires_s;
	bool head_only;

	/* Without an answer nginx says 503. */
	if (read_target(connection->in, person, &expires_s) < 0) {
		server->counters->invalid++;
		finish(connection);
		return;
	}
	head_only = fastcgi_param(connection->in, "REQUEST_METHOD", &method) == 0 &&
		    slice_is(method, "HEAD");
	stop_arriving(connection);
	if (hub_open(server->hub, connection, id, person, expires_s, head_only,
		     &connection->stream) < 0)
		finish(connection);
}

static void read_stream(struct connection *connection)
{
	char bytes[4096] __attribute__((uninitialized));
	ssize_t n = recv(connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* A client has nothing more to say: nginx closes, or aborts, when it has gone. */
	if (n <= 0 || !connection->in) {
		if (connection->stream)
			hub_lost(connection->server->hub, connection->stream);
		connection->stream = NULL;
		finish(connection);
		return;
	}
	if (fastcgi_feed(connection->in, (struct slice){bytes, (size_t)n}) < 0)
		finish(connection);
	else if (fastcgi_complete(connection->in))
		open_stream(connection);
}

static void accept_stream(struct server *server, int fd)
{
	const int size = SEND_BUFFER;
	struct connection *connection = NULL;

	if (server->counters->streams + server->arriving_count >= server->streams_max)
		server->counters->refused++;
	else
		connection = calloc(1, sizeof(*connection));
	if (!connection) {
		close(fd); /* nginx says 503 */
		return;
	}
	connection->kind = STREAM;
	connection->fd = fd;
	connection->server = server;
	connection->until_s = clock_monotonic_ms() / 1000 + HEAD_S;
	connection->in = calloc(1, sizeof(*connection->in));
	(void)!setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (!connection->in || watch(server, connection, EPOLL_CTL_ADD, EPOLLIN | EPOLLRDHUP) < 0) {
		free(connection->in);
		free(connection);
		close(fd);
		return;
	}
	fastcgi_begin(connection->in);
	put_first(&server->arriving, connection);
	server->arriving_count++;
	/* nginx has most often sent its request already. */
	read_stream(connection);
}

/* Requests that do not arrive: nginx sends them whole. */
static void drop_late(struct server *server, int64_t steady_s)
{
	struct connection *connection = server->arriving;

	while (connection) {
		struct connection *next = connection->next;

		if (connection->until_s < steady_s)
			finish(connection);
		connection = next;
	}
}

/* --- other machines -------------------------------------------------------------------------- */

static void take_frame(void *pointer, const struct frame *frame)
{
	const struct server *server = pointer;

	hub_publish(server->hub, frame);
}

static void take_missed(void *pointer)
{
	const struct server *server = pointer;

	hub_missed(server->hub);
}

static void take_problem(void *pointer, const char *text)
{
	(void)pointer;
	log_event(LOG_WARN, "bus", text);
}

static const struct bus_io bus_io = {take_frame, take_missed, take_problem};

/*
 * Wait for what the bus waits for now. Its descriptor may be another one with the same number, so
 * the kernel is told each time.
 */
static void follow_bus(struct server *server)
{
	struct connection *to_bus = &server->to_bus;

	to_bus->fd = bus_descriptor(server->bus);
	if (to_bus->fd < 0)
		return;
	if (watch(server, to_bus, EPOLL_CTL_MOD, bus_events(server->bus)) < 0)
		(void)!watch(server, to_bus, EPOLL_CTL_ADD, bus_events(server->bus));
}

static void pass_on(struct server *server, struct slice packet)
{
	if (!server->bus)
		return;
	bus_publish(server->bus, packet, clock_monotonic_ms());
	follow_bus(server);
}

/* --- workers --------------------------------------------------------------------------------- */

static void accept_worker(struct server *server, int fd)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection) {
		connection->kind = WORKER;
		connection->fd = fd;
		connection->server = server;
		if (watch(server, connection, EPOLL_CTL_ADD, EPOLLIN) == 0) {
			put_first(&server->connected, connection);
			return;
		}
		free(connection);
	}
	close(fd);
}

static void read_worker(struct connection *connection)
{
	static char packet[FRAME_MAX + 1]; /* one process, one thread; too large for the stack */
	struct server *server = connection->server;

	server->packet_ms = clock_monotonic_ms();
	for (unsigned i = 0; i < PACKETS_MAX; i++) {
		ssize_t n = recv(connection->fd, packet, sizeof(packet), MSG_DONTWAIT);
		struct frame frame;

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			finish(connection);
			return;
		}
		if (frame_read((struct slice){packet, (size_t)n}, &frame) < 0) {
			server->counters->invalid++;
			continue;
		}
		hub_publish(server->hub, &frame);
		pass_on(server, (struct slice){packet, (size_t)n});
	}
}

/*
 * Take what workers have handed over, to the last packet. From now on they find no hub, and tell
 * the other machines themselves (domain/publish.c). unix(7): what was sent before the shutdown
 * still arrives.
 */
static void drain_workers(struct server *server)
{
	int fd;

	shutdown(server->workers.fd, SHUT_RD);
	while ((fd = accept4(server->workers.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
		accept_worker(server, fd);
	for (struct connection *one = server->connected; one; one = one->next)
		shutdown(one->fd, SHUT_RD);
	while (server->connected)
		read_worker(server->connected);
}

/* --- the loop -------------------------------------------------------------------------------- */

static void accept_all(struct server *server, const struct connection *listening)
{
	for (unsigned i = 0; i < ACCEPTS_MAX; i++) {
		int fd = accept4(listening->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		if (listening->kind == LISTEN_STREAMS)
			accept_stream(server, fd);
		else
			accept_worker(server, fd);
	}
}

static void handle(struct server *server, const struct epoll_event *event)
{
	struct connection *connection = event->data.ptr;

	if (connection->ended)
		return;
	switch (connection->kind) {
	case LISTEN_STREAMS:
	case LISTEN_WORKERS:
		accept_all(server, connection);
		break;
	case WORKER:
		read_worker(connection);
		break;
	case BUS:
		bus_ready(server->bus, clock_monotonic_ms());
		follow_bus(server);
		break;
	case STREAM:
		if (event->events & EPOLLOUT && connection->stream)
			hub_writable(server->hub, connection->stream);
		if (!connection->ended &&
		    event->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
			read_stream(connection);
		break;
	}
}

/* The streams of other machines read again, because of the frames counted as `unpublished`. */
static void tell_unpublished(struct server *server, uint64_t unpublished)
{
	buf_auto resync = BUF_INIT(FRAME_MAX);

	if (!server->bus || frame_write_resync(NULL, &resync) < 0)
		return;
	pass_on(server, buf_slice(&resync));
	server->counters->told = unpublished;
}

/*
 * Before the first frame: tell the other machines what the last hub of this one could not. One that
 * was killed may have had frames, and they may not have known it.
 */
static void begin_passing(struct server *server)
{
	struct live_counters *counters = server->counters;

	if (!server->bus)
		return;
	if (counters->passing || counters->told != server->unpublished)
		tell_unpublished(server, server->unpublished);
	counters->passing = 1;
}

/* Frames that a worker could not hand over: their receivers read again. */
static void look_for_unpublished(struct server *server)
{
	uint64_t unpublished = __atomic_load_n(&server->counters->unpublished, __ATOMIC_RELAXED);

	if (unpublished == server->unpublished)
		return;
	server->unpublished = unpublished;
	hub_resync(server->hub);
	tell_unpublished(server, unpublished);
}

static void each_second(struct server *server)
{
	struct hub_time time = time_now();

	hub_tick(server->hub, time);
	look_for_unpublished(server);
	drop_late(server, time.steady_s);
	if (server->bus) {
		bus_tick(server->bus, clock_monotonic_ms());
		follow_bus(server);
	}
}

static void follow_signals(struct hub *hub)
{
	if (hung_up) {
		hung_up = 0;
		hub_close_all(hub);
	}
	if (to_drain) {
		to_drain = 0;
		hub_drain(hub);
	}
	if (to_stay) {
		to_stay = 0;
		hub_stay(hub);
	}
}

static void serve(struct server *server)
{
	struct epoll_event events[EVENTS];
	int64_t tick_ms = clock_monotonic_ms();

	while (!terminated) {
		int64_t now_ms = clock_monotonic_ms(), left_ms = tick_ms - now_ms;
		bool more, looks;
		int n;

		if (left_ms <= 0) {
			each_second(server);
			tick_ms += TICK_MS;
			if (tick_ms < clock_monotonic_ms())
				tick_ms = clock_monotonic_ms() + TICK_MS;
			continue;
		}
		follow_signals(server->hub);
		more = hub_work(server->hub);
		looks = !more && now_ms < server->packet_ms + LOOKS_MS;
		free_ended(server);
		if (looks)
			clock_sleep_ms(LOOK_MS);
		n = epoll_wait(server->epoll, events, EVENTS, more || looks ? 0 : (int)left_ms);
		for (int i = 0; i < n; i++)
			handle(server, &events[i]);
		free_ended(server);
	}
	drain_workers(server);
	hub_close_all(server->hub);
	if (server->bus && bus_end(server->bus, BUS_END_MS))
		server->counters->passing = 0;
}

/* --- start ----------------------------------------------------------------------------------- */

static int fail(const char *what)
{
	log_event(LOG_ERROR, "start", what);
	return ERR_UNAVAILABLE;
}

/*
 * Listen on a socket of the folder, in place of one that a killed hub has left. Only this user may
 * connect.
 */
static int listen_on(const char *folder, const char *name, int type, int *ret_fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", folder, name);
	int fd;

	if (n < 0 || (size_t)n >= sizeof(address.sun_path))
		return fail("the path of CRUDDUR_HOME is too long for a socket");
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail("no socket");
	unlink(address.sun_path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, BACKLOG) < 0) {
		close(fd);
		return fail("the sockets of the run folder cannot be made");
	}
	*ret_fd = fd;
	return 0;
}

/* As many descriptors as the system lets this process have. */
static uint64_t raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	(void)!setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > 2 * DESCRIPTORS ? limit.rlim_cur - DESCRIPTORS : limit.rlim_cur / 2;
}

static int catch_signals(void)
{
	const struct sigaction action = {.sa_handler = on_signal};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (sigaction(SIGTERM, &action, NULL) < 0 || sigaction(SIGINT, &action, NULL) < 0 ||
	    sigaction(SIGHUP, &action, NULL) < 0 || sigaction(SIGUSR1, &action, NULL) < 0 ||
	    sigaction(SIGUSR2, &action, NULL) < 0 || sigaction(SIGPIPE, &ignore, NULL) < 0)
		return fail("signal handlers");
	return 0;
}

/* Two hubs would take each other's sockets. Without a folder nothing is counted, or locked. */
static int open_counters(struct server *server)
{
	const char *folder = env_get("CRUDDUR_METRICS_DIR");
	struct live_counters *shared = NULL;
	int fd;

	if (!folder)
		return 0;
	if ((mkdir(folder, 0700) < 0 && errno != EEXIST) ||
	    live_counters_open(folder, &shared) < 0 || !shared) {
		log_event(LOG_WARN, "metrics", "CRUDDUR_METRICS_DIR: no file can be opened");
		return 0;
	}
	server->counters = shared;
	fd = live_counters_lock(folder);
	if (fd == ERR_CONFLICT)
		return fail("another live_hub runs");
	server->counters->starts++;
	server->unpublished = __atomic_load_n(&server->counters->unpublished, __ATOMIC_RELAXED);
	return 0;
}

static int open_sockets(struct server *server)
{
	const char *home = env_get("CRUDDUR_HOME");
	char run[4096];
	char *folder;
	int r;

	if (!home || snprintf(run, sizeof(run), "%s/run", home) >= (int)sizeof(run))
		return fail("CRUDDUR_HOME is not set");
	folder = realpath(run, NULL);
	if (!folder)
		return fail("CRUDDUR_HOME has no folder run");
	umask(0177);
	r = listen_on(folder, PUBLISHER_SOCKET, SOCK_SEQPACKET, &server->workers.fd);
	if (r == 0)
		r = listen_on(folder, HUB_SOCKET, SOCK_STREAM, &server->streams.fd);
	free(folder);
	if (r == 0)
		r = watch(server, &server->workers, EPOLL_CTL_ADD, EPOLLIN);
	if (r == 0)
		r = watch(server, &server->streams, EPOLL_CTL_ADD, EPOLLIN);
	return r;
}

/* The bus of CRUDDUR_LIVE_BUS, if there is one. */
static int open_bus(struct server *server)
{
	static const char *const secrets[] = {"CRUDDUR_LIVE_BUS", "CONNECTION_URL", "PGPASSWORD"};
	const char *url;
	struct note problem = {0};
	uint64_t id;

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (env_read_file(secrets[i], &problem) < 0)
			return fail(problem.text);
	url = env_get("CRUDDUR_LIVE_BUS");
	if (!url)
		return 0;
	if (strcmp(url, "postgresql") == 0)
		url = env_get("CONNECTION_URL");
	if (!url)
		return fail("CRUDDUR_LIVE_BUS: CONNECTION_URL is not set");
	if (getrandom(&id, sizeof(id), 0) != (ssize_t)sizeof(id))
		return fail("no random bytes");
	server->bus = bus_new(url, id | 1, &bus_io, server, server->counters);
	return server->bus ? 0 : fail("out of memory");
}

int main(void)
{
	static struct server server = {
		.counters = &server.own,
		.streams = {.kind = LISTEN_STREAMS},
		.workers = {.kind = LISTEN_WORKERS},
		.to_bus = {.kind = BUS},
	};
	uint64_t seed;

	log_init("live_hub", LOG_WARN, NULL);
	server.streams_max = raise_descriptors();
	server.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (server.epoll < 0 || getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed) ||
	    catch_signals() < 0 || open_counters(&server) < 0)
		return 1;
	server.hub = hub_new(&stream_io, server.counters, seed, time_now());
	if (!server.hub || open_bus(&server) < 0)
		return 1;
	begin_passing(&server);
	if (open_sockets(&server) < 0)
		return 1;
	serve(&server);
	while (server.arriving)
		finish(server.arriving);
	while (server.connected)
		finish(server.connected);
	free_ended(&server);
	bus_free(server.bus);
	hub_free(server.hub);
	return 0;
}
