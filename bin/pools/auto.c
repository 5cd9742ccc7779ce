/*
 * auto.c - pool auto: lets each pool with a size of min-max grow while requests wait, and shrink.
 *
 *	a connection waits in a socket ──▶ epoll ──▶ the pool is looked at every 50 ms
 *	nothing waits, nobody is busy for a second ──▶ the socket is armed in epoll again
 *	the last worker was not needed for CRUDDUR_POOL_IDLE_S ──▶ a timer, then one worker less
 *
 * So an idle replica wakes nobody. Under supervisor, slot 0 of each pool lends the pool's socket
 * (hold.c); systemd passes the sockets on (LISTEN_FDS). The sockets stay open when this process
 *ends; the next one finds the running workers in their metrics files and continues.
 *
 * bin/pool holds a lock on the run folder while it changes workers, and one on etc during a command
 * such as a rolling restart. A step needs the first; a step down needs both, because a restart
 *waits for the workers that it has seen.
 */
#define _GNU_SOURCE /* accept4 */
#include "pools.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/err.h"
#include "base/slice.h"
#include "run/log.h"

#define WATCH_MS   1000 /* after the last request of a pool */
#define RETRY_MS   1000
#define GIVE_MS	   500 /* a last worker is needed for so long */
#define NUMBER_MAX 100000
#define EVENTS	   16

struct pool {
	struct pool_size size;
	struct scaling scaling;
	int fd; /* the listening socket; -1: not lent yet */
	int64_t watch_until_ms, retry_ms;
};

struct controller {
	const struct home *home;
	int epoll, inotify, listener, etc, run;
	int metrics; /* -1 until the folder exists */
	int64_t idle_ms;
	int connections;   /* to PostgreSQL, of all workers */
	struct stat sizes; /* of the file that was read last */
	int count;
	struct pool pools[POOLS_MAX];
	int steps_count;
	struct step steps[POOLS_MAX];
};

/* epoll reports the index of a pool, or one of these. */
enum { EVENT_SIZES = POOLS_MAX, EVENT_LISTENER, EVENT_HOLDER };

static int64_t event_of(int kind, int fd)
{
	return (int64_t)kind << 32 | (unsigned)fd;
}

static int watch(const struct controller *controller, int fd, int kind, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.u64 = (uint64_t)event_of(kind, fd)};

	if (epoll_ctl(controller->epoll, EPOLL_CTL_MOD, fd, &event) == 0 ||
	    epoll_ctl(controller->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
		return 0;
	return ERR_UNAVAILABLE;
}

static bool adapts(const struct pool *pool)
{
	return pool->size.min < pool->size.max;
}

/* Whether a request waits in the socket of a pool. */
static bool waits(const struct pool *pool)
{
	struct pollfd fd = {.fd = pool->fd, .events = POLLIN};

	return poll(&fd, 1, 0) == 1 && fd.revents & POLLIN;
}

/* Let epoll tell when a connection waits; once, because a busy pool is looked at by time. */
static void arm(const struct controller *controller, const struct pool *pool)
{
	if (pool->fd >= 0 && adapts(pool) &&
	    watch(controller, pool->fd, (int)(pool - controller->pools), EPOLLIN | EPOLLONESHOT) <
		    0)
		log_event(LOG_ERROR, "pool", "epoll refuses a socket");
}

/* --- the sizes -----------------------------------------------------------------------------------
 */

static struct pool *find(struct controller *controller, const char *name)
{
	for (int i = 0; i < controller->count; i++)
		if (strcmp(controller->pools[i].size.name, name) == 0)
			return &controller->pools[i];
	return NULL;
}

static int metrics_folder(struct controller *controller)
{
	if (controller->metrics < 0)
		controller->metrics =
			open(controller->home->metrics, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return controller->metrics;
}

static void set_size(struct controller *controller, const struct pool_size *size)
{
	struct pool *pool = find(controller, size->name);
	struct scaling_sample sample = {0};

	if (!pool) {
		pool = &controller->pools[controller->count++];
		*pool = (struct pool){.fd = -1};
	} else if (pool->size.min == size->min && pool->size.max == size->max) {
		return;
	}
	pool->size = *size;
	workers_count(metrics_folder(controller), size->name, &sample);
	scaling_init(&pool->scaling, size->min, size->max, size->needs, sample.running,
		     clock_monotonic_ms());
	arm(controller, pool);
}

/* Read the sizes again if the file is another one: bin/pool and bin/render replace it. */
static int read_sizes(struct controller *controller)
{
	struct pool_size sizes[POOLS_MAX];
	struct stat now;
	int count;

	if (stat(controller->home->sizes, &now) < 0)
		return ERR_UNAVAILABLE;
	if (now.st_ino == controller->sizes.st_ino &&
	    now.st_mtim.tv_sec == controller->sizes.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == controller->sizes.st_mtim.tv_nsec)
		return 0;
	count = pools_read(controller->home->sizes, sizes);
	if (count < 0)
		return count;
	controller->sizes = now;
	for (int i = 0; i < count; i++)
		if (find(controller, sizes[i].name) || controller->count < POOLS_MAX)
			set_size(controller, &sizes[i]);
	return 0;
}

/* The connections to PostgreSQL that are left. A worker that ends still has its own. */
static int room(struct controller *controller, bool *ret_is_ending)
{
	int used = 0;

	*ret_is_ending = false;
	for (int i = 0; i < controller->count; i++) {
		const struct pool *pool = &controller->pools[i];
		struct scaling_sample sample = {0};

		if (!(pool->size.needs & NEEDS_DB))
			continue;
		workers_count(metrics_folder(controller), pool->size.name, &sample);
		if (adapts(pool) && sample.running > pool->scaling.size)
			*ret_is_ending = true;
		used += sample.running > pool->scaling.size ? sample.running : pool->scaling.size;
	}
	return controller->connections - used;
}

/* --- steps
 * ----------------------------------------------------------------------------------------- */

static void remember(struct controller *controller, const struct pool *pool, int by,
		     const struct note *reason)
{
	struct step *step = NULL;

	for (int i = 0; i < controller->steps_count; i++)
		if (strcmp(controller->steps[i].name, pool->size.name) == 0)
			step = &controller->steps[i];
	if (!step)
		step = &controller->steps[controller->steps_count++];
	memcpy(step->name, pool->size.name, sizeof(step->name));
	step->at_s = clock_now_us() / 1000000;
	step->from = pool->scaling.size - by;
	step->to = pool->scaling.size;
	memcpy(step->reason, reason->text, sizeof(step->reason));
	if (steps_write(controller->home, controller->steps, controller->steps_count) < 0)
		log_event(LOG_WARN, "pool", "the last steps cannot be written");
}

/* Take a step that is decided. One that fails is decided again. */
static void take(struct controller *controller, struct pool *pool, int by,
		 const struct note *reason)
{
	const int size = pool->scaling.size;
	struct note line = {.text = ""};
	int r = 0;

	if (by > 0)
		r = workers_start(controller->home, pool->size.name, size - by + 1, size);
	if (by < 0)
		r = workers_stop(controller->home, pool->size.name, size + 1, size - by);
	if (by != 0)
		note_set(&line, "%s %d -> %d: %s%s", pool->size.name, size - by, size, reason->text,
			 r < 0 ? " (it failed)" : "");
	else
		note_set(&line, "%s stays at %d: %s", pool->size.name, size, reason->text);
	log_event(r < 0 ? LOG_ERROR : LOG_INFO, "pool", line.text);
	if (r < 0)
		pool->scaling.size -= by;
	else
		remember(controller, pool, by, reason);
}

/* A pool without a single worker, in which requests wait: ask again, whatever stopped them. */
static void revive(struct controller *controller, struct pool *pool,
		   const struct scaling_sample *sample)
{
	if (!sample->waiting || sample->running > 0 || pool->scaling.size == 0 ||
	    sample->now_ms - pool->scaling.stepped_ms < SCALING_START_MS ||
	    sample->now_ms < pool->retry_ms)
		return;
	pool->retry_ms = sample->now_ms + SCALING_START_MS;
	if (workers_start(controller->home, pool->size.name, 1, pool->scaling.size) < 0)
		log_event(LOG_ERROR, "pool", "workers cannot be started");
}

static bool lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

/*
 * How well a pool can give away a worker; 0: not at all. Best is one of several that are idle, then
 * a last one that was not needed for a while, then one of several that are busy.
 */
static int suits(struct controller *controller, const struct pool *pool, int64_t now_ms)
{
	const int size = pool->scaling.size;
	struct scaling_sample sample = {0};

	if (!adapts(pool) || !(pool->size.needs & NEEDS_DB) || size <= pool->size.min)
		return 0;
	workers_count(metrics_folder(controller), pool->size.name, &sample);
	if (size == 1)
		return waits(pool) || sample.busy > 0 || now_ms - pool->scaling.used_ms[1] < GIVE_MS
			       ? 0
			       : SLOTS_MAX + 1;
	return sample.busy < sample.running ? SLOTS_MAX + size : size;
}

static struct pool *find_giver(struct controller *controller, const struct pool *taker,
			       int64_t now_ms)
{
	struct pool *found = NULL;
	int best = 0;

	for (int i = 0; i < controller->count; i++) {
		struct pool *pool = &controller->pools[i];
		int score = pool == taker ? 0 : suits(controller, pool, now_ms);

		if (score > best) {
			best = score;
			found = pool;
		}
	}
	return found;
}

/* How many pools have no worker yet for a request that waits: they go first. */
static int count_first_needed(const struct controller *controller)
{
	int count = 0;

	for (int i = 0; i < controller->count; i++) {
		const struct pool *pool = &controller->pools[i];

		count += pool->size.needs & NEEDS_DB && adapts(pool) && pool->scaling.size == 0 &&
			 waits(pool);
	}
	return count;
}

/* The limit of connections is reached, and a pool needs its first worker: another one gives its
 * last. */
static void make_room(struct controller *controller, const struct pool *taker, int64_t now_ms)
{
	struct pool *giver = find_giver(controller, taker, now_ms);
	struct note reason = {.text = ""};

	if (!giver || !lock(controller->etc))
		return;
	giver->scaling.size--;
	note_set(&reason, "%s needs a connection, and CRUDDUR_CONNECTIONS is reached",
		 taker->size.name);
	take(controller, giver, -1, &reason);
	flock(controller->etc, LOCK_UN);
}

/* Decide about a pool, and do it, while no command of bin/pool changes workers. */
static void decide(struct controller *controller, struct pool *pool, struct scaling_sample *sample)
{
	struct metrics_counters counters;
	struct note reason = {.text = ""};
	int left = SLOTS_MAX, by;

	if (sample->waiting) {
		workers_sum(metrics_folder(controller), pool->size.name, &counters);
		counts_of(&counters, &sample->counts);
		if (pool->size.needs & NEEDS_DB) {
			bool is_ending;

			left = room(controller, &is_ending);
			if (left <= 0 && pool->scaling.size == 0 && !is_ending)
				make_room(controller, pool, sample->now_ms);
			if (pool->scaling.size > 0)
				left -= count_first_needed(controller);
		}
	}
	by = scaling_step(&pool->scaling, sample, controller->idle_ms, left, &reason);
	if (*reason.text)
		take(controller, pool, by, &reason);
	revive(controller, pool, sample);
}

static void look(struct controller *controller, struct pool *pool, int64_t now_ms)
{
	struct scaling_sample sample = {.now_ms = now_ms, .waiting = waits(pool)};
	const bool may_end = now_ms >= scaling_next_end_ms(&pool->scaling, controller->idle_ms);

	workers_count(metrics_folder(controller), pool->size.name, &sample);
	if (sample.waiting || sample.busy > 0)
		pool->watch_until_ms = now_ms + WATCH_MS;
	if (may_end && !lock(controller->etc)) {
		pool->retry_ms = now_ms + RETRY_MS;
		if (!sample.waiting)
			return;
	}
	if (lock(controller->run)) {
		if (read_sizes(controller) == 0 && adapts(pool))
			decide(controller, pool, &sample);
		flock(controller->run, LOCK_UN);
	}
	if (may_end)
		flock(controller->etc, LOCK_UN);
}

/* --- time
 * -------------------------------------------------------------------------------------------- */

/* When a pool is to be looked at next; INT64_MAX when epoll tells. */
static int64_t next_look_ms(const struct controller *controller, const struct pool *pool,
			    int64_t now_ms)
{
	int64_t end_ms;

	if (pool->fd < 0 || !adapts(pool))
		return INT64_MAX;
	if (pool->watch_until_ms > 0)
		return now_ms + SCALING_SAMPLE_MS;
	end_ms = scaling_next_end_ms(&pool->scaling, controller->idle_ms);
	return end_ms < pool->retry_ms ? pool->retry_ms : end_ms;
}

/* Look at the pools that are due. Returns the time until the next look; -1: for ever. */
static int look_at_all(struct controller *controller)
{
	int64_t now_ms = clock_monotonic_ms(), next_ms = INT64_MAX;

	for (int i = 0; i < controller->count; i++) {
		struct pool *pool = &controller->pools[i];
		int64_t at_ms;

		if (pool->watch_until_ms > 0 || next_look_ms(controller, pool, now_ms) <= now_ms) {
			if (pool->fd >= 0 && adapts(pool))
				look(controller, pool, now_ms);
			if (pool->watch_until_ms > 0 && pool->watch_until_ms <= now_ms) {
				pool->watch_until_ms = 0;
				arm(controller, pool);
			}
		}
		at_ms = next_look_ms(controller, pool, now_ms);
		if (at_ms < next_ms)
			next_ms = at_ms;
	}
	if (next_ms == INT64_MAX)
		return -1;
	now_ms = clock_monotonic_ms();
	return next_ms <= now_ms ? 0 : (int)(next_ms - now_ms);
}

/* --- events --------------------------------------------------------------------------------------
 */

/* Take the socket that slot 0 of a pool lends. Returns false when the holder has ended. */
static bool receive(struct controller *controller, int fd)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char name[METRICS_PROGRAM_MAX + 1];
	struct iovec text = {name, sizeof(name) - 1};
	struct msghdr message = {.msg_iov = &text,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	const struct cmsghdr *head = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	struct pool *pool;
	int lent;

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof(int)))
		return true;
	memcpy(&lent, CMSG_DATA(head), sizeof(int));
	name[n] = '\0';
	pool = find(controller, name);
	if (!pool) {
		close(lent);
		return true;
	}
	if (pool->fd >= 0) {
		/* Closing alone would leave it in epoll, because other processes have it open. */
		epoll_ctl(controller->epoll, EPOLL_CTL_DEL, pool->fd, NULL);
		close(pool->fd);
	}
	pool->fd = lent;
	arm(controller, pool);
	return true;
}

static void handle(struct controller *controller, const struct epoll_event *event)
{
	const int kind = (int)(event->data.u64 >> 32), fd = (int)(uint32_t)event->data.u64;
	char bytes[4096];

	if (kind < POOLS_MAX) {
		controller->pools[kind].watch_until_ms = clock_monotonic_ms() + WATCH_MS;
	} else if (kind == EVENT_SIZES) {
		while (read(fd, bytes, sizeof(bytes)) > 0)
			;
		if (read_sizes(controller) < 0)
			log_event(LOG_WARN, "pool", "the sizes of the pools cannot be read");
	} else if (kind == EVENT_LISTENER) {
		int holder = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (holder >= 0 && watch(controller, holder, EVENT_HOLDER, EPOLLIN) < 0)
			close(holder);
	} else if (!receive(controller, fd)) {
		close(fd);
	}
}

/* --- start
 * ----------------------------------------------------------------------------------------- */

/* A number of etc/pools.env, which bin/pool passes on. */
static int number(const char *name, int *ret_number)
{
	const char *value = env_get(name);
	uint64_t number;

	if (!value || !slice_number(slice_of(value), 10, NUMBER_MAX, &number) || number < 1) {
		log_event(LOG_ERROR, "configuration", name);
		return ERR_INVALID;
	}
	*ret_number = (int)number;
	return 0;
}

/* The sockets that systemd passes on: descriptors from 3, named like the units (sd_listen_fds(3)).
 */
static void take_sockets(struct controller *controller)
{
	const char *count_text = env_get("LISTEN_FDS"), *names = env_get("LISTEN_FDNAMES");
	struct slice rest = slice_of(names ? names : "");
	uint64_t count = 0;

	if (!count_text || !slice_number(slice_of(count_text), 10, POOLS_MAX, &count))
		return;
	for (int fd = 3; fd < 3 + (int)count; fd++) {
		struct slice unit = slice_cut(&rest, ':');
		char name[METRICS_PROGRAM_MAX + 1];
		struct pool *pool;

		/* cruddur-NAME.socket */
		if (!slice_begins(unit, "cruddur-") || unit.len < 15 ||
		    !slice_copy((struct slice){unit.ptr + 8, unit.len - 15}, name, sizeof(name)))
			continue;
		pool = find(controller, name);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		if (!pool)
			continue;
		pool->fd = fd;
		arm(controller, pool);
	}
}

static int listen_for_holders(const struct home *home)
{
	struct sockaddr_un address;
	int fd, r;

	r = socket_address(home, "pools.sock", &address);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return ERR_UNAVAILABLE;
	unlink(address.sun_path);
	/* bind() makes the file with the mode of the descriptor, on Linux. */
	if (fchmod(fd, S_IRUSR | S_IWUSR) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, POOLS_MAX) < 0) {
		close(fd);
		return ERR_UNAVAILABLE;
	}
	return fd;
}

static int open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? ERR_UNAVAILABLE : fd;
}

static int start(struct controller *controller)
{
	const struct home *home = controller->home;
	char etc[PATH_BYTES];
	int idle_s, r;

	memcpy(etc, home->sizes, sizeof(etc));
	dirname(etc);
	controller->metrics = -1;
	if (number("CRUDDUR_POOL_IDLE_S", &idle_s) < 0 ||
	    number("CRUDDUR_CONNECTIONS", &controller->connections) < 0)
		return ERR_INVALID;
	controller->idle_ms = 1000 * (int64_t)idle_s;
	controller->epoll = epoll_create1(EPOLL_CLOEXEC);
	controller->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	controller->etc = open_folder(etc);
	controller->run = open_folder(home->run);
	if (controller->epoll < 0 || controller->inotify < 0 || controller->etc < 0 ||
	    controller->run < 0 ||
	    inotify_add_watch(controller->inotify, etc, IN_MOVED_TO | IN_CLOSE_WRITE) < 0)
		return ERR_UNAVAILABLE;
	r = watch(controller, controller->inotify, EVENT_SIZES, EPOLLIN);
	if (r == 0)
		r = read_sizes(controller);
	if (r < 0)
		return r;
	controller->steps_count = steps_read(home, controller->steps);
	take_sockets(controller);
	if (env_get("LISTEN_FDS"))
		return 0;
	controller->listener = listen_for_holders(home);
	if (controller->listener < 0)
		return controller->listener;
	return watch(controller, controller->listener, EVENT_LISTENER, EPOLLIN);
}

int auto_run(const struct home *home)
{
	static struct controller controller; /* too large for the stack */
	struct epoll_event events[EVENTS];
	enum log_level level = LOG_INFO;

	log_init("pool_auto", level, NULL);
	controller.home = home;
	if (start(&controller) < 0) {
		log_event(LOG_ERROR, "start",
			  "the folders or sockets of CRUDDUR_HOME cannot be used");
		return 1;
	}
	for (;;) {
		int n = epoll_wait(controller.epoll, events, EVENTS, look_at_all(&controller));

		if (n < 0 && errno != EINTR)
			return 1;
		for (int i = 0; i < n; i++)
			handle(&controller, &events[i]);
	}
}
