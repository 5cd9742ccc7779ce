/*
 * peer.h - a scripted HTTP server on 127.0.0.1 in a process of its own, for the tests of clients.
 *
 * The test says what the next answers are and sees how often it was asked, and what. Test and
 * server never run at the same time between a request and its answer, so memory shared by both
 * needs no locks.
 */
#ifndef PEER_H
#define PEER_H

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

enum peer_mode {
	PEER_ANSWER,
	PEER_CLOSE, /* reads the request and closes without an answer */
	PEER_CUT,   /* closes in the middle of the body */
	PEER_HANG,  /* answers nothing until the client gives up */
};

#define PEER_REQUEST_MAX (64 * 1024)
#define PEER_ANSWER_MAX	 (512 * 1024)

struct peer {
	enum peer_mode mode;
	int status;
	size_t answer_len;
	char answer[PEER_ANSWER_MAX];
	unsigned requests;
	char request[PEER_REQUEST_MAX]; /* the last one, head and body */
	char url[64];
	pid_t pid;
};

/* Read a whole request; its body is as long as Content-Length says. */
static inline bool peer_read(int fd, char *to)
{
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, to + len, PEER_REQUEST_MAX - 1 - len);
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

static inline void peer_write(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

static inline void peer_serve(struct peer *peer, int listener)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		char head[256];
		int len;

		if (fd < 0)
			_exit(1);
		if (peer_read(fd, peer->request)) {
			peer->requests++;
			len = snprintf(head, sizeof(head),
				       "HTTP/1.1 %d Scripted\r\nContent-Length: %zu\r\n"
				       "Connection: close\r\n\r\n",
				       peer->status, peer->answer_len);
			if (peer->mode == PEER_ANSWER || peer->mode == PEER_CUT) {
				peer_write(fd, head, (size_t)len);
				peer_write(fd, peer->answer,
					   peer->mode == PEER_CUT ? peer->answer_len / 2
								  : peer->answer_len);
			} else if (peer->mode == PEER_HANG) {
				while (read(fd, head, sizeof(head)) > 0)
					;
			}
		}
		close(fd);
	}
}

/* Start a server on a free port; it dies with the test. */
static inline struct peer *peer_start(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t address_len = sizeof(address);
	struct peer *peer = mmap(NULL, sizeof(*peer), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	pid_t pid;

	assert_ptr_not_equal(peer, MAP_FAILED);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 16), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &address_len), 0);
	snprintf(peer->url, sizeof(peer->url), "http://127.0.0.1:%d", ntohs(address.sin_port));
	peer->status = 200;

	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		peer_serve(peer, listener);
	}
	peer->pid = pid;
	close(listener);
	return peer;
}

static inline void peer_stop(struct peer *peer)
{
	kill(peer->pid, SIGKILL);
	waitpid(peer->pid, NULL, 0);
	munmap(peer, sizeof(*peer));
}

/* What it answers from now on. */
static inline void peer_script(struct peer *peer, enum peer_mode mode, int status,
			       const char *answer, size_t len)
{
	assert_true(len <= sizeof(peer->answer));
	peer->mode = mode;
	peer->status = status;
	peer->answer_len = len;
	memcpy(peer->answer, answer, len);
}

#endif
