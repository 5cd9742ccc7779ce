/* recent.c - see recent.h. */
#include "run/recent.h"

#include <sys/mman.h>

#include "base/fnv.h"
#include "run/shared.h"

#define FILE_NAME ".recent"
#define SLOTS	  8192u /* a power of 2; 64 KB */
#define TIME_BITS 40	/* 34 years of milliseconds */
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

/* As it is mapped. */
struct recent {
	uint64_t slots[SLOTS];
};

int recent_open(const char *folder, struct recent **ret_recent)
{
	void *memory;
	int r;

	r = shared_map(folder, FILE_NAME, sizeof(**ret_recent), PROT_READ | PROT_WRITE, &memory);
	if (r == 0)
		*ret_recent = memory;
	return r;
}

void recent_close(struct recent *recent)
{
	if (recent)
		munmap(recent, sizeof(*recent));
}

bool recent_take(struct recent *recent, struct slice key, int64_t window_ms, int64_t now_ms)
{
	const uint64_t hash = fnv(FNV_START, key.ptr, key.len);
	const uint64_t tag = hash >> TIME_BITS;
	const uint64_t now = (uint64_t)now_ms & TIME_MASK;
	uint64_t *slot = &recent->slots[hash % SLOTS];
	uint64_t seen = __atomic_load_n(slot, __ATOMIC_RELAXED);

	do {
		uint64_t age = (now - seen) & TIME_MASK;

		if (seen >> TIME_BITS == tag && seen != 0 && age < (uint64_t)window_ms)
			return false;
	} while (!__atomic_compare_exchange_n(slot, &seen, tag << TIME_BITS | now, false,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return true;
}
