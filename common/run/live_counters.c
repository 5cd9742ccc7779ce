/* live_counters.c - see live_counters.h. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "run/live_counters.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "run/metrics.h"
#include "run/shared.h"

#define FILE_NAME ".live"

const char *const live_close_names[LIVE_CLOSE_COUNT] = {
#define LIVE_CLOSE_NAME_(constant, name) [constant] = (name),
	LIVE_CLOSES(LIVE_CLOSE_NAME_)
#undef LIVE_CLOSE_NAME_
};

uint64_t *live_counters_closed(struct live_counters *counters, enum live_close reason)
{
	return reason == LIVE_REVOKED ? &counters->revoked : &counters->closed[reason];
}

int live_counters_open(const char *folder, struct live_counters **ret_counters)
{
	void *memory;
	int r;

	r = shared_map(folder, FILE_NAME, sizeof(**ret_counters), PROT_READ | PROT_WRITE, &memory);
	if (r == 0)
		*ret_counters = memory;
	return r;
}

void live_counters_close(struct live_counters *counters)
{
	if (counters)
		munmap(counters, sizeof(*counters));
}

int live_counters_lock(const char *folder)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = shared_open(folder, FILE_NAME);

	if (fd < 0)
		return fd;
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return fd;
	close(fd);
	return ERR_CONFLICT;
}

int live_counters_read(const char *folder, struct live_counters *ret_counters, bool *ret_running)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct live_counters counters;
	int fd, r = ERR_NOT_FOUND;

	if (dir < 0)
		return ERR_NOT_FOUND;
	fd = openat(dir, FILE_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	close(dir);
	if (fd < 0)
		return ERR_NOT_FOUND;
	if (pread(fd, &counters, sizeof(counters), 0) == (ssize_t)sizeof(counters)) {
		*ret_running = metrics_taken(fd);
		if (!*ret_running)
			counters.streams = counters.people = 0;
		*ret_counters = counters;
		r = 0;
	}
	close(fd);
	return r;
}
