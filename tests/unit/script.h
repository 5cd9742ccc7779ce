/*
 * script.h - an HTTP server on 127.0.0.1 that follows a script, one step a request, over kept
 * connections, and records what it was asked: for the tests of what is repeated, and how.
 *
 * It runs in a process of its own. Test and server never run at the same time between a request
 * and its answer, so memory shared by both needs no locks.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <arpa/inet.h>
#include <netinet/in.h>
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

enum script_end {
	SCRIPT_KEEP,	     /* answers, and keeps the connection */
	SCRIPT_CUT,	     /* closes in the middle of the body */
	SCRIPT_RESET_BEFORE, /* resets instead of answering */
	SCRIPT_RESET_WITHIN, /* resets in the middle of the body */
	SCRIPT_RESET_AFTER,  /* answers, then resets */
	SCRIPT_SILENT,	     /* answers nothing until the client gives up */
};

struct script_step {
	enum script_end end;
	int status;
	const char *headers; /* "Name: value\r\n…" or NULL */
	const char *body;
};

/* The steps of a script, as the two arguments of script_start. */
#define SCRIPT(...)                                                                                \
	(const struct script_step[]){__VA_ARGS__},                                                 \
		sizeof((const struct script_step[]){__VA_ARGS__}) / sizeof(struct script_step)

#define SCRIPT_REQUESTS_MAX 24
#define SCRIPT_REQUEST_MAX  (64 * 1024)

struct script {
	char url[64];
	pid_t pid;
	unsigned connections;
	unsigned count; /* of requests; those above SCRIPT_REQUESTS_MAX are not kept */
	char requests[SCRIPT_REQUESTS_MAX][SCRIPT_REQUEST_MAX]; /* head and body, with a NUL */
};

/* Read a whole request; its body is as long as Content-Length says. */
static inline bool script_read(int fd, char *to)
{
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, to + len, SCRIPT_REQUEST_MAX - 1 - len);
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

/* Carry out one step. False when the connection is over. */
static inline bool script_answer(int fd, const struct script_step *step)
{
	const struct linger reset = {.l_onoff = 1};
	const char *body = step->body ? step->body : "";
	size_t len = strlen(body);
	bool within = step->end == SCRIPT_CUT || step->end == SCRIPT_RESET_WITHIN;
	char byte;

	if (step->end == SCRIPT_SILENT) {
		while (read(fd, &byte, 1) > 0)
			;
		return false;
	}
	if (step->end != SCRIPT_RESET_BEFORE) {
		dprintf(fd, "HTTP/1.1 %d Scripted\r\nContent-Length: %zu\r\n%s\r\n%.*s",
			step->status ? step->status : 200, len, step->headers ? step->headers : "",
			(int)(within ? len / 2 : len), body);
	}
	if (step->end != SCRIPT_KEEP && step->end != SCRIPT_CUT) {
		/* What was sent shall arrive before the reset overtakes it. */
		if (step->end != SCRIPT_RESET_BEFORE)
			usleep(20000);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	}
	return step->end == SCRIPT_KEEP;
}

static inline void script_serve(struct script *script, int listener,
				const struct script_step *steps, size_t count)
{
	static char surplus[SCRIPT_REQUEST_MAX];

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		bool open = fd >= 0;

		if (fd < 0)
			_exit(1);
		script->connections++;
		while (open) {
			unsigned n = script->count;

			if (!script_read(fd,
					 n < SCRIPT_REQUESTS_MAX ? script->requests[n] : surplus))
				break;
			script->count++;
			open = script_answer(fd, &steps[n < count ? n : count - 1]);
		}
		close(fd);
	}
}

/* Start a server on a free port; the last step is repeated. It dies with the test. */
static inline struct script *script_start(const struct script_step *steps, size_t count)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t address_len = sizeof(address);
	struct script *script = mmap(NULL, sizeof(*script), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pid_t pid;

	assert_ptr_not_equal(script, MAP_FAILED);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 16), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &address_len), 0);
	snprintf(script->url, sizeof(script->url), "http://127.0.0.1:%d", ntohs(address.sin_port));

	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		script_serve(script, listener, steps, count);
	}
	script->pid = pid;
	close(listener);
	return script;
}

static inline void script_stop(struct script *script)
{
	kill(script->pid, SIGKILL);
	waitpid(script->pid, NULL, 0);
	munmap(script, sizeof(*script));
}

/* The value of a header of request `n` into `ret`, or NULL when it has none. */
static inline const char *script_header(const struct script *script, unsigned n, const char *name,
					char *ret, size_t size)
{
	const char *at = script->requests[n];
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

static inline const char *script_body(const struct script *script, unsigned n)
{
	const char *end = strstr(script->requests[n], "\r\n\r\n");

	return end ? end + 4 : "";
}

/* A port on which nobody listens, as a URL. */
static inline void script_nobody(char ret_url[64])
{
	struct script *script = script_start(SCRIPT({0}));

	memcpy(ret_url, script->url, sizeof(script->url));
	script_stop(script);
}

#endif
