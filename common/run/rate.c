/* rate.c - see rate.h. */
#include "run/rate.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fnv.h"

#define FILE_NAME ".people"
#define SLOTS	  65536u /* a power of 2; 512 KB */
#define PROBES	  4	 /* slots of a hash, one after the other */
#define COUNT_MAX 0xffffu

struct rate {
	uint64_t *slots;
};

/* The blocks are reserved: a store that finds the disk full would kill the process. */
static int map_slots(int fd, uint64_t **ret_slots)
{
	const size_t size = SLOTS * sizeof(uint64_t);
	void *slots;

	if (posix_fallocate(fd, 0, (off_t)size) != 0)
		return ERR_UNAVAILABLE;
	slots = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (slots == MAP_FAILED)
		return ERR_UNAVAILABLE;
	*ret_slots = slots;
	return 0;
}

int rate_open(const char *folder, struct rate **ret_rate)
{
	struct rate *rate;
	int dir, fd, r;

	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return ERR_UNAVAILABLE;
	fd = openat(dir, FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	close(dir);
	if (fd < 0)
		return ERR_UNAVAILABLE;
	rate = calloc(1, sizeof(*rate));
	r = rate ? map_slots(fd, &rate->slots) : ERR_NO_MEMORY;
	close(fd);
	if (r < 0) {
		free(rate);
		return r;
	}
	*ret_rate = rate;
	return 0;
}

void rate_close(struct rate *rate)
{
	if (!rate)
		return;
	munmap(rate->slots, SLOTS * sizeof(uint64_t));
	free(rate);
}

/*
 * Count in a slot if it is free or that of `tag`. Returns the requests that it has counted before;
 * COUNT_MAX + 1 when somebody else has the slot in this second.
 */
static uint64_t count_in(uint64_t *slot, uint32_t second, uint16_t tag)
{
	const uint64_t mine = (uint64_t)second << 32 | (uint64_t)tag << 16;
	uint64_t seen = __atomic_load_n(slot, __ATOMIC_RELAXED);
	uint64_t before, next;

	do {
		bool current = seen >> 32 == second;

		if (current && (uint16_t)(seen >> 16) != tag)
			return COUNT_MAX + 1;
		before = current ? seen & COUNT_MAX : 0;
		if (before == COUNT_MAX)
			return before;
		next = mine | (before + 1);
	} while (!__atomic_compare_exchange_n(slot, &seen, next, false, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
	return before;
}

bool rate_take(struct rate *rate, const char *person, int most, int64_t now_s)
{
	uint64_t hash = fnv(FNV_START, person, strlen(person));
	uint16_t tag = (uint16_t)(hash >> 32);

	for (unsigned i = 0; i < PROBES; i++) {
		uint64_t before = count_in(&rate->slots[(hash + i) % SLOTS], (uint32_t)now_s, tag);

		if (before <= COUNT_MAX)
			return before < (uint64_t)most;
	}
	return true;
}
