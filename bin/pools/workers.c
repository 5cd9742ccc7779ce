/* workers.c - what the workers of a pool do, from their metrics files; see pools.h. */
#include "pools.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Open metrics file `number` of a program; -1 when it does not exist. */
static int open_file(int folder, const char *program, int number)
{
	char name[METRICS_PROGRAM_MAX + 16];

	snprintf(name, sizeof(name), "%s.%d", program, number);
	return openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

void workers_count(int folder, const char *program, struct scaling_sample *ret_sample)
{
	ret_sample->running = 0;
	ret_sample->busy = 0;
	for (int i = 0; i < METRICS_FILES_MAX; i++) {
		int fd = open_file(folder, program, i);
		struct metrics_state state;

		if (fd < 0)
			break;
		if (metrics_taken(fd) && metrics_read_state(fd, &state)) {
			ret_sample->running++;
			ret_sample->busy += state.busy != 0;
		}
		close(fd);
	}
}

void workers_sum(int folder, const char *program, struct metrics_counters *ret_counters)
{
	uint64_t *sum = (uint64_t *)ret_counters;

	memset(ret_counters, 0, sizeof(*ret_counters));
	for (int i = 0; i < METRICS_FILES_MAX; i++) {
		int fd = open_file(folder, program, i);
		struct metrics_file file;
		const uint64_t *more = (const uint64_t *)&file.counters;

		if (fd < 0)
			break;
		if (metrics_read(fd, &file))
			for (size_t k = 0; k < sizeof(*ret_counters) / sizeof(*sum); k++)
				sum[k] += more[k];
		close(fd);
	}
}

void counts_of(const struct metrics_counters *counters, struct scaling_counts *ret_counts)
{
	struct scaling_counts counts = {0};

	for (int method = 0; method < METRICS_METHODS; method++)
		for (int i = 0; i < METRICS_STATUSES - 1; i++)
			if (metrics_statuses[i] < 500)
				counts.answered += counters->requests[method][i];
	for (enum operation i = 0; i < OPERATION_COUNT; i++) {
		counts.ok[operation_dependency(i)] += counters->calls[i][METRICS_OK];
		counts.failed[operation_dependency(i)] += counters->calls[i][METRICS_FAILED];
	}
	for (int dep = 0; dep < DEP_COUNT; dep++)
		counts.breaker += counters->events[METRICS_BREAKER_OPENED][dep] +
				  counters->events[METRICS_BREAKER_REFUSED][dep];
	*ret_counts = counts;
}
