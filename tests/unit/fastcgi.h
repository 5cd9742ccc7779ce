/*
 * fastcgi.h - a FastCGI worker as a child process, and requests to it.
 *
 *	fastcgi_start(&worker, serve);		serve() runs in the child, as a program's main
 *	fastcgi_ask(worker.fd …)
 *	fastcgi_stop(&worker);			SIGTERM; the worker must end with 0
 *
 * "FastCGI Specification", version 1.0.
 */
#ifndef FASTCGI_H
#define FASTCGI_H

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#define FASTCGI_BEGIN  1
#define FASTCGI_PARAMS 4
#define FASTCGI_STDIN  5
#define FASTCGI_STDOUT 6

struct fastcgi {
	pid_t pid;
	struct sockaddr_un address;
	socklen_t address_len;
};

/* Start a worker whose standard input is a listening socket. */
static inline void fastcgi_start(struct fastcgi *worker, int (*serve)(void))
{
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	/* An address of the family alone gets an unused name from the kernel (unix(7)). */
	*worker = (struct fastcgi){.address.sun_family = AF_UNIX,
				   .address_len = sizeof(worker->address)};
	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&worker->address, sizeof(sa_family_t)),
			 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&worker->address,
				     &worker->address_len),
			 0);
	assert_int_equal(listen(listener, 8), 0);
	worker->pid = fork();
	assert_true(worker->pid >= 0);
	if (worker->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(listener, STDIN_FILENO);
		close(listener);
		_exit(serve());
	}
	close(listener);
}

static inline void fastcgi_put(int fd, int type, const char *bytes, size_t len)
{
	char record[8 + 1024] = {1, (char)type, 0, 1, (char)(len >> 8), (char)len};

	assert_true(len <= 1024);
	memcpy(record + 8, bytes, len);
	assert_int_equal(send(fd, record, 8 + len, MSG_NOSIGNAL), 8 + len);
}

/* Connect and send a request. env: pairs of name and value, and a NULL. */
static inline int fastcgi_send(const struct fastcgi *worker, const char *const *env,
			       const char *body)
{
	/* A responder; bit 0 of the flags asks to keep the connection. */
	static const char begin[8] = {0, 1, 1};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char params[1024];
	size_t len = 0;

	assert_int_equal(connect(fd, (const struct sockaddr *)&worker->address,
				 worker->address_len),
			 0);
	for (; *env; env += 2)
		len += (size_t)snprintf(params + len, sizeof(params) - len, "%c%c%s%s",
					(char)strlen(env[0]), (char)strlen(env[1]), env[0], env[1]);
	fastcgi_put(fd, FASTCGI_BEGIN, begin, sizeof(begin));
	fastcgi_put(fd, FASTCGI_PARAMS, params, len);
	fastcgi_put(fd, FASTCGI_PARAMS, "", 0);
	if (*body)
		fastcgi_put(fd, FASTCGI_STDIN, body, strlen(body));
	fastcgi_put(fd, FASTCGI_STDIN, "", 0);
	return fd;
}

/* Read the answer until the worker closes the connection. ret: what it wrote, with a NUL. */
static inline void fastcgi_receive(int fd, char *ret, size_t size)
{
	unsigned char head[8];
	size_t len = 0;

	while (recv(fd, head, sizeof(head), MSG_WAITALL) == (ssize_t)sizeof(head)) {
		size_t content = (size_t)head[4] << 8 | head[5];
		char bytes[65536 + 256];

		assert_int_equal(recv(fd, bytes, content + head[6], MSG_WAITALL),
				 content + head[6]);
		if (head[1] != FASTCGI_STDOUT)
			continue;
		assert_true(len + content < size);
		memcpy(ret + len, bytes, content);
		len += content;
	}
	ret[len] = '\0';
	close(fd);
}

static inline void fastcgi_ask(const struct fastcgi *worker, const char *const *env,
			       const char *body, char *ret, size_t size)
{
	fastcgi_receive(fastcgi_send(worker, env, body), ret, size);
}

/* Wait for the end of a worker that was told to stop. It must end with 0. */
static inline void fastcgi_wait(const struct fastcgi *worker)
{
	int status;

	assert_int_equal(waitpid(worker->pid, &status, 0), worker->pid);
	assert_int_equal(status, 0);
}

static inline void fastcgi_stop(const struct fastcgi *worker)
{
	assert_int_equal(kill(worker->pid, SIGTERM), 0);
	fastcgi_wait(worker);
}

#endif
