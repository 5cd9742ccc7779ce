/*
 * socket.h - waiting for a socket until a deadline (poll(2)).
 */
#ifndef SOCKET_H
#define SOCKET_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Wait until `fd` is ready for `events` (POLLIN or POLLOUT). Signals do not end the wait.
 *
 * deadline_ms: a time of clock_monotonic_ms.
 * Returns 0, also when the peer has closed the connection or it has failed: the next read or write
 * reports that. ERR_UNAVAILABLE when the deadline has passed; ERR_NO_MEMORY when poll fails, which
 * happens only when the kernel is out of memory.
 */
int socket_wait(int fd, short events, int64_t deadline_ms) __attribute__((warn_unused_result));

/* Whether a read of `fd` would return at once: with bytes, the end of the stream, or an error. */
bool socket_readable(int fd);

#endif
