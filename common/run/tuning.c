/* tuning.c - see tuning.h. */
#include "run/tuning.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/err.h"
#include "run/shared.h"

#define FILE_NAME   ".tuning"
#define SLOW_MS_MAX 60000

struct settings {
	uint64_t log_level, slow_ms;
};

struct tuning {
	const struct settings *settings;
};

int tuning_open(const char *folder, struct tuning **ret_tuning)
{
	struct tuning *tuning = calloc(1, sizeof(*tuning));
	void *settings;
	int r;

	if (!tuning)
		return ERR_NO_MEMORY;
	r = shared_map(folder, FILE_NAME, sizeof(*tuning->settings), PROT_READ, &settings);
	if (r < 0) {
		free(tuning);
		return r;
	}
	tuning->settings = settings;
	*ret_tuning = tuning;
	return 0;
}

void tuning_close(struct tuning *tuning)
{
	if (!tuning)
		return;
	munmap((void *)tuning->settings, sizeof(*tuning->settings));
	free(tuning);
}

static uint64_t load(const uint64_t *cell)
{
	return __atomic_load_n(cell, __ATOMIC_RELAXED);
}

enum log_level tuning_log_level(const struct tuning *tuning, enum log_level configured)
{
	uint64_t value = tuning ? load(&tuning->settings->log_level) : 0;

	return value == 0 || value > LOG_LEVELS ? configured : (enum log_level)(value - 1);
}

int tuning_slow_ms(const struct tuning *tuning, int configured)
{
	uint64_t value = tuning ? load(&tuning->settings->slow_ms) : 0;

	return value == 0 || value > SLOW_MS_MAX + 1 ? configured : (int)(value - 1);
}
