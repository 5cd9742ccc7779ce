/* socket.c - see socket.h. */
#include "base/socket.h"

#include <errno.h>

#include "base/clock.h"
#include "base/err.h"

int socket_wait(int fd, short events, int64_t deadline_ms)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};

	for (;;) {
		int64_t left_ms = deadline_ms - clock_monotonic_ms();
		int n;

		if (left_ms <= 0)
			return ERR_UNAVAILABLE;
		n = poll(&poll_fd, 1, (int)left_ms);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return ERR_NO_MEMORY;
	}
}

bool socket_readable(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, 0) != 0;
}
