/*
 * door.c - door: keeps the listening sockets of an edge open while one nginx replaces another.
 *
 *	door open ADDRESS:PORT…    listens, and lends the sockets, until SIGTERM
 *	door enter COMMAND…        borrows them and becomes the command, nginx
 *
 *	open                                 enter
 *	  | listens: for each address a        |
 *	  | socket for each processor          |
 *	  | <------------ connects ----------- | CRUDDUR_DOOR, again and again until it is there
 *	  | -- for each address a message ---> | "0.0.0.0:8080", its sockets
 *	  | -- end of file ------------------> | sets NGINX=5;6;7;8; and executes nginx
 *
 * nginx uses the sockets that the variable NGINX lists, as if it replaced its own older binary
 * (nginx.org/en/docs/control.html, "Upgrading Executable on the Fly"). A connection that nobody
 * has accepted yet is in the queue of a socket, which stays. Therefore no connection is refused or
 * reset while edges overlap, or while no edge runs for a moment.
 *
 * Each process of nginx accepts from the socket with its number only (reuseport), so there must be
 * as many sockets as processes: one for each processor (worker_processes auto).
 */
#define _GNU_SOURCE /* accept4 */
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/env.h"
#include "base/err.h"
#include "run/log.h"

#define ADDRESSES_MAX 8
#define SOCKETS_MAX   253 /* that one message carries (SCM_MAX_FD of Linux) */
#define ADDRESS_BYTES 64
#define BACKLOG	      4096 /* as in nginx/listen.conf.in */
#define AGAIN_MS      100
#define ENTER_MS      60000 /* the door may start after the edge */
#define LIST_BYTES    8192

struct sockets {
	int count;
	int fds[SOCKETS_MAX];
};

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int) * SOCKETS_MAX)];
};

/* There is nothing to finish. As the first process of a container it would not end without this. */
static void on_signal(int number)
{
	(void)number;
	_exit(0);
}

static int fail(const char *detail)
{
	log_event(LOG_ERROR, "door", detail);
	return ERR_INVALID;
}

/* worker_processes auto of nginx counts them in the same way. */
static int count_processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : (int)count;
}

/* The address of CRUDDUR_DOOR. */
static int find_door(struct sockaddr_un *ret_address)
{
	const char *path = env_get("CRUDDUR_DOOR");
	size_t len = path ? strlen(path) : 0;

	if (len == 0)
		return fail("CRUDDUR_DOOR is not set");
	if (len >= sizeof(ret_address->sun_path))
		return fail("CRUDDUR_DOOR is too long");
	*ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(ret_address->sun_path, path, len + 1);
	return 0;
}

/* --- open ------------------------------------------------------------------------------------ */

static int listen_once(const struct addrinfo *info)
{
	const int on = 1;
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return ERR_UNAVAILABLE;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0 ||
	    bind(fd, info->ai_addr, info->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
		close(fd);
		return ERR_UNAVAILABLE;
	}
	return fd;
}

/* Listen on HOST:PORT, both as numbers, with a socket for each processor. */
static int listen_on(const char *address, struct sockets *ret_sockets)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				       .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	struct addrinfo *info;
	char host[ADDRESS_BYTES];
	char *port;

	if (strlen(address) >= sizeof(host))
		return ERR_INVALID;
	memcpy(host, address, strlen(address) + 1);
	port = strrchr(host, ':');
	if (!port)
		return ERR_INVALID;
	*port++ = '\0';
	if (getaddrinfo(host, port, &hints, &info) != 0)
		return ERR_INVALID;
	ret_sockets->count = 0;
	for (int left = count_processors(); left > 0 && ret_sockets->count < SOCKETS_MAX; left--) {
		int fd = listen_once(info);

		if (fd < 0)
			break;
		ret_sockets->fds[ret_sockets->count++] = fd;
	}
	freeaddrinfo(info);
	return ret_sockets->count == count_processors() ? 0 : ERR_UNAVAILABLE;
}

/* Pass on the sockets of one address. */
static bool lend(int edge, const char *address, const struct sockets *sockets)
{
	const size_t size = sizeof(int) * (size_t)sockets->count;
	union control control = {0};
	struct iovec text = {(char *)address, strlen(address)};
	struct msghdr message = {.msg_iov = &text,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = CMSG_SPACE(size)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(head), sockets->fds, size);
	return sendmsg(edge, &message, MSG_NOSIGNAL) > 0;
}

static int catch_signals(void)
{
	const struct sigaction action = {.sa_handler = on_signal};

	if (sigaction(SIGTERM, &action, NULL) < 0 || sigaction(SIGINT, &action, NULL) < 0)
		return fail("signal handlers");
	return 0;
}

/* A door that was killed has left its socket. */
static int open_door(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	umask(0177);
	(void)unlink(address->sun_path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ||
	    listen(fd, ADDRESSES_MAX) < 0)
		return fail("CRUDDUR_DOOR cannot be made");
	return fd;
}

/* Returns only when it cannot open. */
static int run_open(int count, char **addresses)
{
	static struct sockets sockets[ADDRESSES_MAX];
	struct sockaddr_un address;
	int door;

	if (count > ADDRESSES_MAX)
		return fail("too many addresses");
	if (find_door(&address) < 0 || catch_signals() < 0)
		return ERR_INVALID;
	for (int i = 0; i < count; i++)
		if (listen_on(addresses[i], &sockets[i]) < 0)
			return fail(addresses[i]);
	door = open_door(&address);
	if (door < 0)
		return door;
	for (;;) {
		int edge = accept4(door, NULL, NULL, SOCK_CLOEXEC);

		if (edge < 0) {
			clock_sleep_ms(AGAIN_MS); /* no descriptor is free */
			continue;
		}
		for (int i = 0; i < count && lend(edge, addresses[i], &sockets[i]); i++)
			;
		close(edge);
	}
}

/* --- enter ----------------------------------------------------------------------------------- */

static int reach_door(const struct sockaddr_un *address)
{
	const int64_t end_ms = clock_monotonic_ms() + ENTER_MS;

	do {
		int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

		if (fd < 0)
			break;
		if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
			return fd;
		close(fd);
		clock_sleep_ms(AGAIN_MS);
	} while (clock_monotonic_ms() < end_ms);
	return fail("there is no door at CRUDDUR_DOOR");
}

/* Append the sockets of the next address to the list. Returns 1; 0 at the end. */
static int borrow(int door, struct buf *list)
{
	char address[ADDRESS_BYTES];
	union control control = {0};
	struct iovec text = {address, sizeof(address)};
	struct msghdr message = {.msg_iov = &text,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(door, &message, 0);
	const struct cmsghdr *head = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	int fds[SOCKETS_MAX], count;

	if (n == 0)
		return 0;
	if (!head || head->cmsg_type != SCM_RIGHTS || (message.msg_flags & MSG_CTRUNC))
		return fail("the door lends no sockets");
	count = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(fds, CMSG_DATA(head), sizeof(int) * (size_t)count);
	if (count != count_processors())
		return fail("the door was opened for another number of processors; open it again");
	for (int i = 0; i < count; i++)
		buf_printf(list, "%d;", fds[i]);
	return 1;
}

static int run_enter(char **command)
{
	buf_auto list = BUF_INIT(LIST_BYTES);
	struct sockaddr_un address;
	int door, r;

	if (find_door(&address) < 0)
		return ERR_INVALID;
	door = reach_door(&address);
	if (door < 0)
		return door;
	while ((r = borrow(door, &list)) > 0)
		;
	close(door);
	if (r < 0)
		return r;
	if (list.len == 0 || list.failed || setenv("NGINX", list.data, 1) < 0)
		return fail("the door lends no sockets");
	execv(command[0], command);
	return fail(command[0]);
}

int main(int argc, char **argv)
{
	int r = ERR_INVALID;

	log_init("door", LOG_INFO, NULL);
	if (argc > 2 && strcmp(argv[1], "open") == 0)
		r = run_open(argc - 2, argv + 2);
	else if (argc > 2 && strcmp(argv[1], "enter") == 0)
		r = run_enter(argv + 2);
	else
		fputs("usage: door open ADDRESS:PORT… | door enter COMMAND…\n", stderr);
	return r < 0 ? 1 : 0;
}
