/* top.c - pool top: what each pool does now, from the metrics files, and its last step; see
 * pools.h. */
#include "pools.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define INTERVAL_MS 1000

struct view {
	int count;
	struct pool_size pools[POOLS_MAX];
	struct metrics_counters *before, *now; /* POOLS_MAX each */
	int steps_count;
	struct step steps[POOLS_MAX];
};

static uint64_t requests_of(const struct metrics_counters *counters, int least)
{
	uint64_t sum = 0;

	for (int method = 0; method < METRICS_METHODS; method++)
		for (int i = 0; i < METRICS_STATUSES - 1; i++)
			if (metrics_statuses[i] >= least)
				sum += counters->requests[method][i];
	return sum;
}

/* The bound below which 99 of 100 new times are, in ms; "-" without any. */
static void p99(const struct metrics_histogram *before, const struct metrics_histogram *now,
		char ret_text[16])
{
	uint64_t total = 0, seen = 0;

	snprintf(ret_text, 16, "-");
	for (int i = 0; i < METRICS_BUCKETS; i++)
		total += now->buckets[i] - before->buckets[i];
	if (total == 0)
		return;
	for (int i = 0; i < METRICS_BUCKETS - 1; i++) {
		seen += now->buckets[i] - before->buckets[i];
		if (seen * 100 >= total * 99) {
			snprintf(ret_text, 16, "%g", (double)metrics_bounds_us[i] / 1000);
			return;
		}
	}
	snprintf(ret_text, 16, ">%g", (double)metrics_bounds_us[METRICS_BUCKETS - 2] / 1000);
}

static void show_step(const struct view *view, const char *name)
{
	for (int i = 0; i < view->steps_count; i++) {
		const struct step *step = &view->steps[i];
		time_t at = step->at_s;
		char text[16] = "";
		struct tm tm;

		if (strcmp(step->name, name) != 0)
			continue;
		if (gmtime_r(&at, &tm))
			strftime(text, sizeof(text), "%H:%M:%S", &tm);
		printf("  %s %d -> %d: %s", text, step->from, step->to, step->reason);
	}
	putchar('\n');
}

static void show(const struct view *view, int folder, double seconds)
{
	printf("%-26s%7s%9s%6s%10s%10s%8s%8s  %s\n", "route", "size", "running", "busy", "wait p99",
	       "took p99", "req/s", "5xx/s", "last step (UTC)");
	for (int i = 0; i < view->count; i++) {
		const struct pool_size *pool = &view->pools[i];
		const struct metrics_counters *before = &view->before[i], *now = &view->now[i];
		struct scaling_sample sample = {0};
		char size[24], wait[16], took[16];

		workers_count(folder, pool->name, &sample);
		if (pool->min == pool->max)
			snprintf(size, sizeof(size), "%d", pool->min);
		else
			snprintf(size, sizeof(size), "%d-%d", pool->min, pool->max);
		p99(&before->request_wait, &now->request_wait, wait);
		p99(&before->request_duration, &now->request_duration, took);
		printf("%-26s%7s%9d%6d%10s%10s%8.1f%8.1f", pool->name, size, sample.running,
		       sample.busy, wait, took,
		       (double)(requests_of(now, 0) - requests_of(before, 0)) / seconds,
		       (double)(requests_of(now, 500) - requests_of(before, 500)) / seconds);
		show_step(view, pool->name);
	}
	fflush(stdout);
}

static void sum_all(const struct view *view, int folder, struct metrics_counters *to)
{
	for (int i = 0; i < view->count; i++)
		workers_sum(folder, view->pools[i].name, &to[i]);
}

static int watch(const struct home *home, struct view *view, int folder, bool once)
{
	sum_all(view, folder, view->before);
	do {
		int64_t begun_us = clock_monotonic_us();
		struct metrics_counters *before;

		clock_sleep_ms(INTERVAL_MS);
		view->count = pools_read(home->sizes, view->pools);
		if (view->count < 0)
			return 1;
		view->steps_count = steps_read(home, view->steps);
		sum_all(view, folder, view->now);
		if (!once)
			fputs("\033[H\033[2J", stdout);
		show(view, folder, (double)(clock_monotonic_us() - begun_us) / 1e6);
		before = view->before;
		view->before = view->now;
		view->now = before;
	} while (!once);
	return 0;
}

int top_run(const struct home *home, bool once)
{
	struct view *view = calloc(1, sizeof(*view));
	struct metrics_counters *sums = calloc((size_t)2 * POOLS_MAX, sizeof(*sums));
	int folder = open(home->metrics, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status = 1;

	if (view && sums) {
		view->before = sums;
		view->now = sums + POOLS_MAX;
		view->count = pools_read(home->sizes, view->pools);
		if (view->count >= 0)
			status = watch(home, view, folder, once || !isatty(STDOUT_FILENO));
		else
			fprintf(stderr, "pool: nothing has been started in CRUDDUR_HOME\n");
	}
	if (folder >= 0)
		close(folder);
	free(view);
	free(sums);
	return status;
}
