/*
 * script.h - an HTTP server on 127.0.0.1 that follows a script, one step a request, over kept
 * connections, and records what it was asked: for the tests of what is repeated, and how.
 *
 * It runs in a process of its own. Test and server never run at the same time between a request
 * and its answer, so memory shared by both needs no locks.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <strings.h>

#include "server.h"

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
	const char *unasked; /* sent a while after the answer, or NULL */
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
	if (step->unasked) {
		usleep(20000);
		dprintf(fd, "%s", step->unasked);
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

			if (!server_read(fd,
					 n < SCRIPT_REQUESTS_MAX ? script->requests[n] : surplus,
					 SCRIPT_REQUEST_MAX))
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
	struct script *script = server_memory(sizeof(*script));
	int listener = server_listen(script->url);
	pid_t pid;

	pid = server_fork();
	if (pid == 0)
		script_serve(script, listener, steps, count);
	script->pid = pid; /* set here only: the memory is the server's, too */
	close(listener);
	return script;
}

static inline void script_stop(struct script *script)
{
	server_stop(script->pid, script, sizeof(*script));
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
