/*
 * server.h - an HTTP server on 127.0.0.1 for the tests of clients. It follows a script, one step
 * per request, and records the requests.
 *
 * The server is a child process that shares memory with the test. The two never run at the same
 * time between a request and its answer, so the memory needs no locks.
 */
#ifndef SERVER_H
#define SERVER_H

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

enum server_end {
	SERVER_KEEP,	     /* answers, and keeps the connection */
	SERVER_CLOSE,	     /* closes without an answer */
	SERVER_CUT,	     /* closes in the middle of the body */
	SERVER_RESET_BEFORE, /* resets without an answer */
	SERVER_RESET_WITHIN, /* resets in the middle of the body */
	SERVER_RESET_AFTER,  /* answers, then resets */
	SERVER_SILENT,	     /* sends nothing until the client gives up */
};

struct server_step {
	enum server_end end;
	int status;	     /* 0: 200 */
	const char *headers; /* "Name: value\r\n…" or NULL */
	const char *body;    /* or NULL */
	const char *unasked; /* sent a while after the answer, or NULL */
};

/* The steps of a script, as the two arguments of server_start. */
#define SCRIPT(...)                                                                                \
	(const struct server_step[]){__VA_ARGS__},                                                 \
		sizeof((const struct server_step[]){__VA_ARGS__}) / sizeof(struct server_step)

#define SERVER_REQUESTS_MAX 24
#define SERVER_REQUEST_MAX  (64 * 1024)
#define SERVER_BODY_MAX	    (512 * 1024)

struct server {
	char url[64];
	pid_t pid;
	unsigned connections;
	unsigned count; /* of requests; those above SERVER_REQUESTS_MAX are not recorded */
	unsigned done;	/* requests after which everything of their step was sent or closed */
	char requests[SERVER_REQUESTS_MAX][SERVER_REQUEST_MAX]; /* head, body and a NUL */

	/* Set by server_set: the step for every request, instead of the script. */
	bool is_set;
	struct server_step step;
	char body[SERVER_BODY_MAX + 1];
};

/* Read a whole request, and add a NUL. The length of its body is that of Content-Length. */
static inline bool server_read(int fd, char *to, size_t size)
{
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, to + len, size - 1 - len);
		const char *end, *length;

		if (n <= 0)
			return false;
		len += (size_t)n;
		to[len] = '\0';
		end = strstr(to, "\r\n\r\n");
		if (!end)
			continue;
		length = strstr(to, "\r\nContent-Length:");
		if (!length || length > end ||
		    len - (size_t)(end + 4 - to) >= strtoul(length + 17, NULL, 10))
			return true;
	}
}

/* Perform one step. Returns false when the connection must be closed. */
static inline bool server_answer(int fd, const struct server_step *step)
{
	const struct linger reset = {.l_onoff = 1};
	const char *body = step->body ? step->body : "";
	size_t len = strlen(body);
	bool within = step->end == SERVER_CUT || step->end == SERVER_RESET_WITHIN;
	char byte;

	if (step->end == SERVER_SILENT) {
		while (read(fd, &byte, 1) > 0)
			;
		return false;
	}
	if (step->end == SERVER_CLOSE)
		return false;
	if (step->end != SERVER_RESET_BEFORE) {
		dprintf(fd, "HTTP/1.1 %d Scripted\r\nContent-Length: %zu\r\n%s\r\n%.*s",
			step->status ? step->status : 200, len, step->headers ? step->headers : "",
			(int)(within ? len / 2 : len), body);
	}
	if (step->unasked) {
		usleep(20000);
		dprintf(fd, "%s", step->unasked);
	}
	if (step->end != SERVER_KEEP && step->end != SERVER_CUT) {
		/* Without this pause the reset could discard the answer. */
		if (step->end != SERVER_RESET_BEFORE)
			usleep(20000);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	}
	return step->end == SERVER_KEEP;
}

static inline void server_serve(struct server *server, int listener,
				const struct server_step *steps, size_t count)
{
	static char surplus[SERVER_REQUEST_MAX];

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		bool open = fd >= 0;

		if (fd < 0)
			_exit(1);
		server->connections++;
		while (open) {
			unsigned n = server->count;

			if (!server_read(fd,
					 n < SERVER_REQUESTS_MAX ? server->requests[n] : surplus,
					 SERVER_REQUEST_MAX))
				break;
			server->count++;
			open = server_answer(fd, server->is_set
							 ? &server->step
							 : &steps[n < count ? n : count - 1]);
			if (!open)
				close(fd);
			__atomic_fetch_add(&server->done, 1, __ATOMIC_RELEASE);
			if (!open)
				break;
		}
		if (open)
			close(fd);
	}
}

/* Wait until everything of the first `requests` steps was sent or closed. */
static inline void server_wait(const struct server *server, unsigned requests)
{
	while (__atomic_load_n(&server->done, __ATOMIC_ACQUIRE) < requests)
		usleep(1000);
}

/* Listen on a free port. `ret_url`: the URL of the server. */
static inline int server_listen(char ret_url[64])
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t address_len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 16), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &address_len), 0);
	snprintf(ret_url, 64, "http://127.0.0.1:%d", ntohs(address.sin_port));
	return listener;
}

/* Start a server with a script, whose last step is repeated. It exits with the test. */
static inline struct server *server_start(const struct server_step *steps, size_t count)
{
	struct server *server = mmap(NULL, sizeof(*server), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int listener;
	pid_t pid;

	assert_ptr_not_equal(server, MAP_FAILED);
	listener = server_listen(server->url);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		server_serve(server, listener, steps, count);
	}
	server->pid = pid; /* only here, because the child shares the memory */
	close(listener);
	return server;
}

static inline void server_stop(struct server *server)
{
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	munmap(server, sizeof(*server));
}

/* Answer every later request like this, each on a connection of its own, instead of the script. */
static inline void server_set(struct server *server, enum server_end end, int status,
			      const char *body, size_t len)
{
	assert_true(len <= SERVER_BODY_MAX);
	memcpy(server->body, body, len);
	server->body[len] = '\0';
	server->step = (struct server_step){.end = end,
					    .status = status,
					    .headers = "Connection: close\r\n",
					    .body = server->body};
	server->is_set = true;
}

/* Copy the value of a header of request `n` to `ret`. Returns `ret`, or NULL without the header. */
static inline const char *server_header(const struct server *server, unsigned n, const char *name,
					char *ret, size_t size)
{
	const char *at = server->requests[n];
	size_t name_len = strlen(name);

	while ((at = strstr(at, "\r\n")) && strncmp(at, "\r\n\r\n", 4) != 0) {
		at += 2;
		if (strncasecmp(at, name, name_len) != 0 || at[name_len] != ':')
			continue;
		at += name_len + 1;
		at += strspn(at, " ");
		snprintf(ret, size, "%.*s", (int)strcspn(at, "\r"), at);
		return ret;
	}
	return NULL;
}

static inline const char *server_body(const struct server *server, unsigned n)
{
	const char *end = strstr(server->requests[n], "\r\n\r\n");

	return end ? end + 4 : "";
}

/* The URL of a port on which no server listens. */
static inline void server_unused_url(char ret_url[64])
{
	struct server *server = server_start(SCRIPT({0}));

	memcpy(ret_url, server->url, sizeof(server->url));
	server_stop(server);
}

#endif
