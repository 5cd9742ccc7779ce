/*
 * peer.h - a scripted HTTP server on 127.0.0.1 in a process of its own, for the tests of clients.
 *
 * The test says what the next answers are and sees how often it was asked, and what. Test and
 * server never run at the same time between a request and its answer, so memory shared by both
 * needs no locks.
 */
#ifndef PEER_H
#define PEER_H

#include "server.h"

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
		if (server_read(fd, peer->request, PEER_REQUEST_MAX)) {
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
	struct peer *peer = server_memory(sizeof(*peer));
	int listener = server_listen(peer->url);
	pid_t pid;

	peer->status = 200;
	pid = server_fork();
	if (pid == 0)
		peer_serve(peer, listener);
	peer->pid = pid; /* set here only: the memory is the server's, too */
	close(listener);
	return peer;
}

static inline void peer_stop(struct peer *peer)
{
	server_stop(peer->pid, peer, sizeof(*peer));
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
