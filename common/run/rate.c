/* rate.c - see rate.h. */
#include "run/rate.h"

#include <string.h>
#include <sys/mman.h>

#include "base/fnv.h"
#include "run/shared.h"

#define FILE_NAME ".people"
#define SLOTS	  65536u /* a power of 2; 512 KB */
#define PROBES	  4	 /* slots of a hash, one after the other */
#define COUNT_MAX 0xffffu

/* As it is mapped. */
struct rate {
	uint64_t slots[SLOTS];
};

int rate_open(const char *folder, struct rate **ret_rate)
{
	void *memory;
	int r;

	r = shared_map(folder, FILE_NAME, sizeof(**ret_rate), PROT_READ | PROT_WRITE, &memory);
	if (r == 0)
		*ret_rate = memory;
	return r;
}

void rate_close(struct rate *rate)
{
	if (rate)
		munmap(rate, sizeof(*rate));
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
