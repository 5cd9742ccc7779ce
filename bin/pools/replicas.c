/*
 * replicas.c - pool replicas: tells the edge's nginx which replicas of the app there are.
 *
 *	CRUDDUR_EDGE   app:8080 messages,message_create=chat:8080
 *	               ──┬───── ──────────────┬──────────────────
 *	run/             replicas.conf        replicas_1.conf      one file for each group
 *
 * Each second it looks up the names of CRUDDUR_EDGE, and asks each of their addresses for
 * /-/replica. When the addresses that want requests change, it writes the files and lets nginx read
 * them (HUP). nginx itself looks a name up only when it starts, if it is to keep connections open.
 * Its own memory of failures (max_fails) would also count a 503, which every replica says while a
 * dependency is down.
 *
 *	answer of the replica            the edge
 *	503: it drains                   forgets it at once
 *	no connection                    forgets it at once
 *	silence                          forgets it the second time: it may only be busy
 *	anything else                    uses it
 *
 * The old processes of nginx stay while they have streams (worker_shutdown_timeout). Beyond
 * OLD_MAX, the oldest of them are ended. nginx also reads renewed certificates. The edge ends when
 * its door (daemons/door.c) was opened again.
 */
#include "pools.h"

#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/env.h"
#include "base/err.h"
#include "run/log.h"

#define EVERY_MS     1000
#define ANSWER_MS    800
#define SILENT_MAX   2 /* answers in a row that did not come */
#define REPLICAS_MAX 128
#define GROUPS_MAX   64
#define TEXT_BYTES   64
#define FILE_BYTES   (REPLICAS_MAX * (TEXT_BYTES + 32))
#define OLD_MAX	     16 /* processes of nginx that only have streams */
#define QUESTION     "GET /-/replica HTTP/1.0\r\nHost: localhost\r\n\r\n"
#define STATUS_AT    9 /* HTTP/1.1 204 */

enum answer { SILENT, GONE, DRAINS, WANTS };

struct replica {
	char address[TEXT_BYTES]; /* as nginx writes it: 10.0.0.1:80, [fd00::1]:80 */
	int group;
	enum answer answer;
	int silent; /* answers in a row that did not come */
};

struct replicas {
	int count, groups;
	bool is_known[GROUPS_MAX]; /* the names of the group lead to addresses */
	struct replica list[REPLICAS_MAX];
	struct pollfd fds[REPLICAS_MAX];
};

static int by_text(const void *a, const void *b)
{
	const struct replica *one = a, *other = b;

	return one->group != other->group ? one->group - other->group
					  : strcmp(one->address, other->address);
}

static void add(struct replicas *replicas, int group, const struct addrinfo *info)
{
	struct replica *replica = &replicas->list[replicas->count];
	char host[NI_MAXHOST], port[NI_MAXSERV];
	int n;

	if (replicas->count == REPLICAS_MAX ||
	    getnameinfo(info->ai_addr, info->ai_addrlen, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	n = snprintf(replica->address, TEXT_BYTES,
		     info->ai_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	if (n <= 0 || n >= TEXT_BYTES)
		return;
	replica->group = group;
	replica->silent = 0;
	replicas->count++;
}

/* Look a NAME:PORT up. Returns 0; ERR_UNAVAILABLE, for example while no name server answers. */
static int look_up(struct slice where, int group, struct replicas *replicas)
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
		add(replicas, group, info);
	freeaddrinfo(list);
	return 0;
}

/* Look all names up. Groups are words; those with routes are numbered from 1 on. */
static void look_up_all(const char *edge, struct replicas *replicas)
{
	struct slice rest = slice_of(edge);

	replicas->count = 0;
	replicas->groups = 1;
	while (rest.len) {
		struct slice names = slice_cut(&rest, ' ');
		int group = 0;

		if (names.len == 0)
			continue;
		if (memchr(names.ptr, '=', names.len)) {
			(void)slice_cut(&names, '=');
			if (replicas->groups == GROUPS_MAX)
				return;
			group = replicas->groups++;
		}
		replicas->is_known[group] = true;
		while (names.len)
			if (look_up(slice_cut(&names, ','), group, replicas) < 0)
				replicas->is_known[group] = false;
	}
	qsort(replicas->list, (size_t)replicas->count, sizeof(replicas->list[0]), by_text);
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

/* Take the next step on a connection. Returns SILENT when another one follows. */
static enum answer advance(struct pollfd *fd)
{
	char answer[STATUS_AT + 4] = "";
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(fd->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error != 0)
		return GONE;
	if (fd->events == POLLOUT) {
		fd->events = POLLIN;
		return send(fd->fd, QUESTION, sizeof(QUESTION) - 1, MSG_NOSIGNAL) > 0 ? SILENT
										      : GONE;
	}
	if (recv(fd->fd, answer, sizeof(answer) - 1, 0) <= 0)
		return GONE;
	return strcmp(answer + STATUS_AT, "503") == 0 ? DRAINS : WANTS;
}

/* The connection of a replica is ready: the question goes, or the answer has come. */
static void go_on(struct pollfd *fd, struct replica *replica)
{
	replica->answer = advance(fd);
	if (replica->answer == SILENT)
		return;
	close(fd->fd);
	fd->fd = -1; /* poll ignores it */
}

/* Ask all replicas at the same time. */
static void ask_all(struct replicas *replicas)
{
	int64_t end_ms = clock_monotonic_ms() + ANSWER_MS, left_ms;

	for (int i = 0; i < replicas->count; i++) {
		struct replica *replica = &replicas->list[i];

		replicas->fds[i] = (struct pollfd){.fd = begin_connection(replica->address),
						   .events = POLLOUT};
		replica->answer = replicas->fds[i].fd < 0 ? GONE : SILENT;
	}
	while ((left_ms = end_ms - clock_monotonic_ms()) > 0) {
		bool open = false;

		for (int i = 0; i < replicas->count; i++)
			open = open || replicas->fds[i].fd >= 0;
		if (!open)
			return;
		if (poll(replicas->fds, (nfds_t)replicas->count, (int)left_ms) <= 0)
			continue;
		for (int i = 0; i < replicas->count; i++)
			if (replicas->fds[i].fd >= 0 && replicas->fds[i].revents)
				go_on(&replicas->fds[i], &replicas->list[i]);
	}
	for (int i = 0; i < replicas->count; i++)
		if (replicas->fds[i].fd >= 0)
			close(replicas->fds[i].fd);
}

/* A replica that was silent once is used, unless it has not been used before. */
static void remember_silence(struct replicas *replicas, const struct replicas *last)
{
	for (int i = 0; i < replicas->count; i++) {
		struct replica *replica = &replicas->list[i];
		int silent = SILENT_MAX - 1;

		for (int j = 0; j < last->count; j++)
			if (by_text(replica, &last->list[j]) == 0)
				silent = last->list[j].silent;
		replica->silent = replica->answer == WANTS    ? 0
				  : replica->answer == SILENT ? silent + 1
							      : SILENT_MAX;
	}
}

/* The lines for nginx; all replicas of the group when none wants requests, so that each tries. */
static void format(const struct replicas *replicas, int group, struct buf *text)
{
	int used = 0;

	for (int i = 0; i < replicas->count; i++)
		used += replicas->list[i].group == group && replicas->list[i].silent < SILENT_MAX;
	buf_reset(text);
	for (int i = 0; i < replicas->count; i++)
		if (replicas->list[i].group == group &&
		    (used == 0 || replicas->list[i].silent < SILENT_MAX))
			buf_printf(text, "server %s max_fails=0;\n", replicas->list[i].address);
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

static void tell(int group, const struct buf *text)
{
	struct note line = {.text = ""};
	char list[NOTE_SIZE] = "none", of[32] = "";
	size_t len = 0;

	for (const char *at = text->data; at && len < sizeof(list) - TEXT_BYTES;
	     at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		char address[TEXT_BYTES];

		if (sscanf(at, "server %63s", address) == 1)
			len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
						len ? " " : "", address);
	}
	if (group > 0)
		snprintf(of, sizeof(of), " for group %d", group);
	note_set(&line, "the edge now uses %s%s", list, of);
	log_event(LOG_INFO, "replicas", line.text);
}

/* --- the old processes of nginx -------------------------------------------------------------- */

/* Read a small file as text. Returns whether there is one. */
static bool read_text(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t n;

	if (!file)
		return false;
	n = fread(text, 1, size - 1, file);
	text[n] = '\0';
	fclose(file);
	return true;
}

/* Whether it is a process of nginx that only finishes what it has. ret_start: see proc(5). */
static bool is_old(long pid, long master, uint64_t *ret_start)
{
	static const char title[] = "nginx: worker process is shutting down";
	char path[64], text[1024];
	const char *name_end;
	struct slice rest;
	uint64_t parent;

	snprintf(path, sizeof(path), "/proc/%ld/cmdline", pid);
	if (!read_text(path, text, sizeof(text)) || strncmp(text, title, sizeof(title) - 1) != 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	if (!read_text(path, text, sizeof(text)))
		return false;
	name_end = strrchr(text, ')');
	if (!name_end)
		return false;
	rest = slice_of(name_end);
	/* The name is field 2. */
	for (int field = 2; field <= 22; field++) {
		struct slice value = slice_cut(&rest, ' ');

		if (field == 4 &&
		    !(slice_number(value, 10, UINT32_MAX, &parent) && parent == (uint64_t)master))
			return false;
		if (field == 22)
			return slice_number(value, 10, UINT64_MAX, ret_start);
	}
	return false;
}

/* End the oldest one when there are more than OLD_MAX. Returns whether one was ended. */
static bool end_oldest(const struct home *home)
{
	char path[PATH_BYTES + 16], text[32];
	uint64_t start, first = 0;
	const struct dirent *entry;
	long master, oldest = 0;
	int count = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/nginx.pid", home->run);
	if (!read_text(path, text, sizeof(text)) || (master = strtol(text, NULL, 10)) <= 1)
		return false;
	folder = opendir("/proc");
	while (folder && (entry = readdir(folder))) {
		long pid = strtol(entry->d_name, NULL, 10);

		if (pid <= 1 || !is_old(pid, master, &start))
			continue;
		count++;
		if (oldest == 0 || start < first) {
			oldest = pid;
			first = start;
		}
	}
	if (folder)
		closedir(folder);
	return count > OLD_MAX && kill((pid_t)oldest, SIGTERM) == 0;
}

/* --- certificates ---------------------------------------------------------------------------- */

/* A number that changes when the file does; 0 without one. */
static uint64_t state_of(const char *variable)
{
	const char *path = env_get(variable);
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return 0;
	return (uint64_t)st.st_ino * 31 + (uint64_t)st.st_mtim.tv_sec * 1000003 +
	       (uint64_t)st.st_mtim.tv_nsec + (uint64_t)st.st_size;
}

static uint64_t state_of_certificate(void)
{
	return state_of("CRUDDUR_TLS_CERTIFICATE") * 7 + state_of("CRUDDUR_TLS_KEY");
}

struct certificate {
	uint64_t read, seen; /* by nginx; a second ago */
};

/* Both files have another state, and keep it: the one who writes them is done. */
static bool is_renewed(struct certificate *certificate)
{
	uint64_t now = state_of_certificate();
	bool settled = now == certificate->seen;

	certificate->seen = now;
	if (!settled || now == certificate->read)
		return false;
	certificate->read = now;
	return true;
}

/* --- the door -------------------------------------------------------------------------------- */

/*
 * nginx accepts on the sockets of the door that it has entered (daemons/door.c). When the door was
 * opened again, nobody comes to those any more: the whole edge ends, and what has started it starts
 * it again.
 */
static void leave_closed_door(uint64_t *entered)
{
	uint64_t now = state_of("CRUDDUR_DOOR");

	if (*entered != 0 && now != 0 && now != *entered) {
		log_event(LOG_ERROR, "door", "it was opened again; this edge ends");
		(void)kill(getppid(), SIGTERM);
	}
	if (now != 0)
		*entered = now;
}

/* --- the loop -------------------------------------------------------------------------------- */

struct group {
	struct buf before; /* what its file has */
	char path[PATH_BYTES + 32];
};

static void prepare(const struct home *home, int number, struct group *group)
{
	group->before = (struct buf)BUF_INIT(FILE_BYTES);
	if (number == 0)
		snprintf(group->path, sizeof(group->path), "%s/replicas.conf", home->run);
	else
		snprintf(group->path, sizeof(group->path), "%s/replicas_%d.conf", home->run,
			 number);
	read_file(group->path, &group->before);
}

/* Write the file of a group if it has changed. Returns whether it has. */
static bool update(const struct replicas *replicas, int number, struct group *group)
{
	buf_auto now = BUF_INIT(FILE_BYTES);

	format(replicas, number, &now);
	if (now.len == 0 || slice_equal(buf_slice(&now), buf_slice(&group->before)))
		return false;
	if (write_file(group->path, &now) < 0) {
		log_event(LOG_ERROR, "replicas", "the files of the run folder cannot be written");
		return false;
	}
	tell(number, &now);
	buf_reset(&group->before);
	buf_append(&group->before, now.data, now.len);
	return true;
}

static void follow(const struct home *home, const char *edge)
{
	/* too large for the stack */
	static struct replicas replicas, last;
	static struct group groups[GROUPS_MAX];
	struct certificate certificate = {state_of_certificate(), state_of_certificate()};
	uint64_t door = state_of("CRUDDUR_DOOR");
	int known = 0;

	for (;; clock_sleep_ms(EVERY_MS)) {
		bool renewed = is_renewed(&certificate), changed = renewed;

		leave_closed_door(&door);
		look_up_all(edge, &replicas);
		for (; known < replicas.groups; known++)
			prepare(home, known, &groups[known]);
		ask_all(&replicas);
		remember_silence(&replicas, &last);
		last = replicas;
		/* While no name server answers, the replicas that were known stay. */
		for (int i = 0; i < replicas.groups; i++)
			if (replicas.is_known[i])
				changed = update(&replicas, i, &groups[i]) || changed;
		if (!changed)
			continue;
		if (renewed)
			log_event(LOG_INFO, "certificate", "nginx reads the certificate again");
		if (nginx_reload(home) < 0)
			log_event(LOG_WARN, "replicas", "nginx does not run yet");
		while (end_oldest(home))
			clock_sleep_ms(EVERY_MS);
	}
}

int replicas_run(const struct home *home)
{
	const char *edge = env_get("CRUDDUR_EDGE");

	log_init("pool_replicas", LOG_INFO, NULL);
	if (!edge) {
		log_event(LOG_ERROR, "configuration", "CRUDDUR_EDGE is not set");
		return 1;
	}
	setenv("RES_OPTIONS", "timeout:1 attempts:1", 0);
	follow(home, edge);
	return 0;
}
