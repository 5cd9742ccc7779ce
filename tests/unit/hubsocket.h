/* hubsocket.h - the run folder of a hub that only listens. */
#ifndef HUBSOCKET_H
#define HUBSOCKET_H

#include <sys/socket.h>
#include <sys/un.h>

#include "folder.h"
#include "live/publisher.h"

static char socket_path[96];

/* Make the folder; a setup of cmocka. */
static inline int hub_setup(void **state)
{
	if (folder_make(state) < 0)
		return -1;
	snprintf(socket_path, sizeof(socket_path), "%s/%s", folder, PUBLISHER_SOCKET);
	return 0;
}

/* Listen in place of an earlier hub. Returns the socket. */
static inline int hub_listen(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	assert_true(fd >= 0);
	memcpy(address.sun_path, socket_path, sizeof(socket_path));
	unlink(socket_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

#endif
