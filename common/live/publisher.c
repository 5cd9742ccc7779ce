/* publisher.c - see publisher.h. */
#include "live/publisher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "run/live_counters.h"

struct publisher {
	int fd; /* -1: not connected */
	struct sockaddr_un address;
	struct live_counters *counters; /* or NULL */
	struct buf packet;
};

/* Returns false when the path is too long for a socket; then nothing can be published. */
static bool set_address(struct sockaddr_un *address, const char *run_dir)
{
	/* The folder may be a link, because its own path is too long for a socket. */
	char *folder = realpath(run_dir, NULL);
	int n = snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s",
			 folder ? folder : run_dir, PUBLISHER_SOCKET);

	free(folder);
	address->sun_family = AF_UNIX;
	return n > 0 && (size_t)n < sizeof(address->sun_path);
}

struct publisher *publisher_new(const char *run_dir, const char *metrics_dir)
{
	struct publisher *publisher = calloc(1, sizeof(*publisher));

	if (!publisher)
		return NULL;
	publisher->fd = -1;
	publisher->packet = (struct buf)BUF_INIT(FRAME_MAX);
	if (!set_address(&publisher->address, run_dir))
		publisher->address.sun_path[0] = '\0';
	if (metrics_dir && live_counters_open(metrics_dir, &publisher->counters) < 0)
		publisher->counters = NULL;
	return publisher;
}

static void disconnect(struct publisher *publisher)
{
	if (publisher->fd >= 0)
		close(publisher->fd);
	publisher->fd = -1;
}

void publisher_free(struct publisher *publisher)
{
	if (!publisher)
		return;
	disconnect(publisher);
	live_counters_close(publisher->counters);
	buf_dispose(&publisher->packet);
	free(publisher);
}

struct slice publisher_packet(const struct publisher *publisher)
{
	return buf_slice(&publisher->packet);
}

void publisher_lost(struct publisher *publisher)
{
	if (publisher->counters)
		__atomic_fetch_add(&publisher->counters->unpublished, 1, __ATOMIC_RELAXED);
}

/* A connection on a unix socket is made at once or not at all. */
static int connect_hub(struct publisher *publisher)
{
	int fd;

	if (!publisher->address.sun_path[0])
		return ERR_UNAVAILABLE;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return ERR_UNAVAILABLE;
	if (connect(fd, (const struct sockaddr *)&publisher->address, sizeof(publisher->address)) <
	    0) {
		int r = errno == EAGAIN ? ERR_OVERLOADED : ERR_UNAVAILABLE;

		close(fd);
		return r;
	}
	publisher->fd = fd;
	return 0;
}

/* Returns 0; ERR_OVERLOADED; ERR_UNAVAILABLE when the connection is broken. */
static int send_packet(const struct publisher *publisher)
{
	ssize_t n;

	do {
		n = send(publisher->fd, publisher->packet.data, publisher->packet.len,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return 0;
	return errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM ? ERR_OVERLOADED
								      : ERR_UNAVAILABLE;
}

static int hand_over(struct publisher *publisher)
{
	int r = publisher->fd >= 0 ? send_packet(publisher) : ERR_UNAVAILABLE;

	if (r != ERR_UNAVAILABLE)
		return r;
	disconnect(publisher);
	r = connect_hub(publisher);
	return r < 0 ? r : send_packet(publisher);
}

/* Hand the packet over. `r`: whether it could be written. */
static int finish(struct publisher *publisher, int r)
{
	if (r == 0)
		r = hand_over(publisher);
	if (r < 0)
		publisher_lost(publisher);
	return r;
}

int publisher_send(struct publisher *publisher, const char *const *people, size_t count,
		   const char *event, struct slice data)
{
	return finish(publisher, frame_write(people, count, event, data, &publisher->packet));
}

int publisher_send_all(struct publisher *publisher, const char *event, struct slice data)
{
	return finish(publisher, frame_write_all(event, data, &publisher->packet));
}

int publisher_send_newer(struct publisher *publisher, const char *crud)
{
	return finish(publisher, frame_write_newer(crud, &publisher->packet));
}

int publisher_send_revoked(struct publisher *publisher, const char *person)
{
	return finish(publisher, frame_write_revoked(person, &publisher->packet));
}
