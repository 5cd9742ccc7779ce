/*
 * replicas.c - pool replicas: tells the edge's nginx which replicas of the app there are.
 *
 * Each second it looks up the names of CRUDDUR_EDGE, and connects to each of their addresses. When
 * the addresses that accept a connection change, it writes run/replicas.conf and lets nginx read it
 * (HUP). nginx itself looks a name up only when it starts, if it is to keep connections open. Its
 * own memory of failures (max_fails) would also count a 503, which every replica says while a
 * dependency is down.
 */
#include "pools.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/env.h"
#include "base/err.h"
#include "run/log.h"

#define EVERY_MS     1000
#define CONNECT_MS   800
#define REPLICAS_MAX 128
#define TEXT_BYTES   64
#define FILE_BYTES   (REPLICAS_MAX * (TEXT_BYTES + 32))

struct replicas {
	int count;
	bool is_alive[REPLICAS_MAX];
	char addresses[REPLICAS_MAX]
		      [TEXT_BYTES]; /* as nginx writes them: 10.0.0.1:80, [fd00::1]:80 */
	struct pollfd fds[REPLICAS_MAX];
};

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Begin to connect to an address, and remember it. */
static void add(struct replicas *replicas, const struct addrinfo *info)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];
	int n;

	if (replicas->count == REPLICAS_MAX ||
	    getnameinfo(info->ai_addr, info->ai_addrlen, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	n = snprintf(replicas->addresses[replicas->count], TEXT_BYTES,
		     info->ai_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	if (n > 0 && n < TEXT_BYTES)
		replicas->count++;
}

/* Look a NAME:PORT up. Returns 0; ERR_UNAVAILABLE, for example while no name server answers. */
static int look_up(struct slice where, struct replicas *replicas)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *list = NULL;
	char host[256], *port;

	if (!slice_copy(where, host, sizeof(host)) || !(port = strrchr(host, ':')))
		return ERR_UNAVAILABLE;
	*port++ = '\0';
	if (getaddrinfo(host, port, &hints, &list) != 0) {
		hints.ai_family = AF_INET6;
		if (getaddrinfo(host, port, &hints, &list) != 0)
			return ERR_UNAVAILABLE;
	}
	for (const struct addrinfo *info = list; info; info = info->ai_next)
		add(replicas, info);
	freeaddrinfo(list);
	return 0;
}

/* Look all names up. Returns 0; ERR_UNAVAILABLE when one cannot be looked up. */
static int look_up_all(const char *edge, struct replicas *replicas)
{
	struct slice rest = slice_of(edge);
	int r = 0;

	replicas->count = 0;
	while (r == 0 && rest.len)
		r = look_up(slice_cut(&rest, ','), replicas);
	qsort(replicas->addresses, (size_t)replicas->count, TEXT_BYTES, by_text);
	return r;
}

/* Begin to connect. Returns a descriptor, or -1 when it failed at once. */
static int begin_connection(const char *address)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *info;
	char host[TEXT_BYTES], *port;
	int fd;

	snprintf(host, sizeof(host), "%s", address + (*address == '['));
	port = strrchr(host, ':');
	if (*address == '[')
		port[-1] = '\0';
	*port++ = '\0';
	if (getaddrinfo(host, port, &hints, &info) != 0)
		return -1;
	fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, info->ai_addr, info->ai_addrlen) < 0 && errno != EINPROGRESS) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(info);
	return fd;
}

static bool is_connected(int fd)
{
	int error = 0;
	socklen_t size = sizeof(error);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

/* Connect to all replicas at the same time. Returns how many accept a connection in CONNECT_MS. */
static int try_all(struct replicas *replicas)
{
	int64_t end_ms = clock_monotonic_ms() + CONNECT_MS, left_ms;
	int open = replicas->count, alive = 0;

	for (int i = 0; i < replicas->count; i++) {
		replicas->is_alive[i] = false;
		replicas->fds[i] = (struct pollfd){.fd = begin_connection(replicas->addresses[i]),
						   .events = POLLOUT};
		open -= replicas->fds[i].fd < 0;
	}
	while (open > 0 && (left_ms = end_ms - clock_monotonic_ms()) > 0) {
		if (poll(replicas->fds, (nfds_t)replicas->count, (int)left_ms) <= 0)
			continue;
		for (int i = 0; i < replicas->count; i++) {
			struct pollfd *fd = &replicas->fds[i];

			if (fd->fd < 0 || !fd->revents)
				continue;
			replicas->is_alive[i] = is_connected(fd->fd);
			alive += replicas->is_alive[i];
			close(fd->fd);
			fd->fd = -1; /* poll ignores it */
			open--;
		}
	}
	for (int i = 0; i < replicas->count; i++)
		if (replicas->fds[i].fd >= 0)
			close(replicas->fds[i].fd);
	return alive;
}

/* The lines for nginx; all replicas when none accepts connections, so that each request tries. */
static void format(const struct replicas *replicas, int alive, struct buf *text)
{
	buf_reset(text);
	for (int i = 0; i < replicas->count; i++)
		if (alive == 0 || replicas->is_alive[i])
			buf_printf(text, "server %s max_fails=0;\n", replicas->addresses[i]);
}

static int write_file(const char *path, const struct buf *text)
{
	char next[PATH_BYTES + 32];
	FILE *file;
	bool whole;

	snprintf(next, sizeof(next), "%s.new", path);
	file = fopen(next, "we");
	if (!file)
		return ERR_UNAVAILABLE;
	whole = fwrite(text->data, 1, text->len, file) == text->len;
	return fclose(file) == 0 && whole && rename(next, path) == 0 ? 0 : ERR_UNAVAILABLE;
}

static void read_file(const char *path, struct buf *text)
{
	FILE *file = fopen(path, "re");
	char bytes[4096];
	size_t n;

	if (!file)
		return;
	while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_append(text, bytes, n);
	fclose(file);
}

static void tell(const struct buf *text)
{
	struct note line = {.text = ""};
	char list[NOTE_SIZE] = "none";
	size_t len = 0;

	for (const char *at = text->data; at && len < sizeof(list) - TEXT_BYTES;
	     at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		char address[TEXT_BYTES];

		if (sscanf(at, "server %63s", address) == 1)
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
						len ? " " : "", address);
	}
	note_set(&line, "the edge now uses %s", list);
	log_event(LOG_INFO, "replicas", line.text);
}

static void follow(const struct home *home, const char *path, const char *edge)
{
	static struct replicas replicas; /* too large for the stack */
	struct buf now = BUF_INIT(FILE_BYTES), before = BUF_INIT(FILE_BYTES);

	read_file(path, &before);
	for (;; clock_sleep_ms(EVERY_MS)) {
		if (look_up_all(edge, &replicas) < 0)
			continue; /* the replicas that were known stay */
		format(&replicas, try_all(&replicas), &now);
		if (now.len == 0 || slice_equal(buf_slice(&now), buf_slice(&before)))
			continue;
		if (write_file(path, &now) < 0) {
			log_event(LOG_ERROR, "replicas", "run/replicas.conf cannot be written");
			continue;
		}
		if (nginx_reload(home) < 0)
			log_event(LOG_WARN, "replicas", "nginx does not run yet");
		tell(&now);
		buf_reset(&before);
		buf_append(&before, now.data, now.len);
	}
}

int replicas_run(const struct home *home)
{
	const char *edge = env_get("CRUDDUR_EDGE");
	char path[PATH_BYTES + 16];

	log_init("pool_replicas", LOG_INFO, NULL);
	snprintf(path, sizeof(path), "%s/replicas.conf", home->run);
	if (!edge) {
		log_event(LOG_ERROR, "configuration", "CRUDDUR_EDGE is not set");
		return 1;
	}
	setenv("RES_OPTIONS", "timeout:1 attempts:1", 0);
	follow(home, path, edge);
	return 0;
}
