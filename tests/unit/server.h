/*
 * server.h - what the scripted HTTP servers of the tests (peer.h, script.h) are made of: a listener
 * on a free port of 127.0.0.1, a process that dies with the test, memory that both see.
 */
#ifndef SERVER_H
#define SERVER_H

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

/* Read a whole request with a NUL after it; its body is as long as Content-Length says. */
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

/* Memory that the test and its server share; nothing in it is set. */
static inline void *server_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(memory, MAP_FAILED);
	return memory;
}

/* Listen on a free port, and write the URL of it. */
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

/* Become two: returns 0 in the server, its process id in the test. */
static inline pid_t server_fork(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static inline void server_stop(pid_t pid, void *memory, size_t size)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	munmap(memory, size);
}

#endif
