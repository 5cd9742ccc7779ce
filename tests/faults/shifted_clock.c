/*
 * shifted_clock.c - LD_PRELOAD library for a worker: adds the number of seconds in the file
 * SHIFTED_CLOCK to the time of day. A test may change the file at any time.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *shift_s;
static int (*real_clock_gettime)(clockid_t id, struct timespec *ret);

__attribute__((constructor)) static void open_shift(void)
{
	const char *path = getenv("SHIFTED_CLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *at;

	real_clock_gettime =
		(int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	if (fd < 0)
		return;
	at = mmap(NULL, sizeof(*shift_s), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (at != MAP_FAILED)
		shift_s = at;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	int r = real_clock_gettime(id, ret);

	if (r == 0 && id == CLOCK_REALTIME && shift_s)
		ret->tv_sec += *shift_s;
	return r;
}
