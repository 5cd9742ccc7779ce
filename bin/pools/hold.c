/*
 * hold.c - pool hold: keeps the socket of a pool open, and lends it to `pool auto`.
 *
 * supervisor closes the socket of a pool without processes, so slot 0 of each pool (bin/slot) runs
 * this, with the socket on standard input:
 *
 *	slot 0                            pool auto (auto.c)
 *	  | -- connect ------------------> run/pools.sock
 *	  | -- the pool's name, fd 0 ----> watches the socket
 *	  |    read: waits
 *	  | <- end of file --------------- has ended; the next one gets the socket as well
 */
#include "pools.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

#define AGAIN_MS 100

static bool lend(int fd, const char *pool)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec text = {(char *)pool, strlen(pool)};
	struct msghdr message = {.msg_iov = &text,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	const int socket_fd = STDIN_FILENO;

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &socket_fd, sizeof(int));
	return sendmsg(fd, &message, MSG_NOSIGNAL) > 0;
}

int hold_run(const struct home *home, const char *pool)
{
	struct sockaddr_un address;

	if (socket_address(home, "pools.sock", &address) < 0)
		return 1;
	for (;;) {
		int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
		char byte;

		if (fd < 0)
			return 1;
		if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		    lend(fd, pool))
			while (read(fd, &byte, 1) < 0 && errno == EINTR)
				;
		close(fd);
		clock_sleep_ms(AGAIN_MS);
	}
}
