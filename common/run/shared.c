/* shared.c - see shared.h. */
#include "run/shared.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"

int shared_open(const char *folder, const char *name)
{
	int dir, fd;

	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return ERR_UNAVAILABLE;
	fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	close(dir);
	return fd < 0 ? ERR_UNAVAILABLE : fd;
}

int shared_map(const char *folder, const char *name, size_t size, int protection, void **ret_memory)
{
	void *memory = MAP_FAILED;
	int fd = shared_open(folder, name);

	if (fd < 0)
		return fd;
	if (posix_fallocate(fd, 0, (off_t)size) == 0)
		memory = mmap(NULL, size, protection, MAP_SHARED, fd, 0);
	close(fd);
	if (memory == MAP_FAILED)
		return ERR_UNAVAILABLE;
	*ret_memory = memory;
	return 0;
}
