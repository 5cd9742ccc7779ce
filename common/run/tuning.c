/* tuning.c - see tuning.h. */
#include "run/tuning.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"

#define FILE_NAME   ".tuning"
#define SLOW_MS_MAX 60000

struct settings {
	uint64_t log_level, slow_ms;
};

struct tuning {
	const struct settings *settings;
};

/* The blocks are reserved: reading a page that the file does not have would kill the process. */
static int map_settings(int fd, const struct settings **ret_settings)
{
	void *settings;

	if (posix_fallocate(fd, 0, sizeof(struct settings)) != 0)
		return ERR_UNAVAILABLE;
	settings = mmap(NULL, sizeof(struct settings), PROT_READ, MAP_SHARED, fd, 0);
	if (settings == MAP_FAILED)
		return ERR_UNAVAILABLE;
	*ret_settings = settings;
	return 0;
}

int tuning_open(const char *folder, struct tuning **ret_tuning)
{
	struct tuning *tuning;
	int dir, fd, r;

	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return ERR_UNAVAILABLE;
	fd = openat(dir, FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	close(dir);
	if (fd < 0)
		return ERR_UNAVAILABLE;
	tuning = calloc(1, sizeof(*tuning));
	r = tuning ? map_settings(fd, &tuning->settings) : ERR_NO_MEMORY;
	close(fd);
	if (r < 0) {
		free(tuning);
		return r;
	}
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
