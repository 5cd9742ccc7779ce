/* exposition.c - see exposition.h. */
#include "run/exposition.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "run/metrics.h"

#define ROUTES_MAX 64

/* One program, all its workers together. */
struct route_sum {
	char name[METRICS_PROGRAM_MAX + 1];
	int wanted; /* -1: not known */
	uint64_t running, busy;
	uint64_t oldest_start_s; /* of those that run; 0: none does */
	uint64_t oldest_keys_s;	 /* of those that run and have keys */
	struct metrics_counters counters;
};

struct sums {
	size_t count;
	unsigned ignored;	  /* files that cannot be read */
	struct route_sum *routes; /* ROUTES_MAX of them */
};

/* --- reading --------------------------------------------------------------------------------- */

static bool is_program(struct slice name)
{
	if (name.len == 0 || name.len > METRICS_PROGRAM_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((name.ptr[i] < 'a' || name.ptr[i] > 'z') && name.ptr[i] != '_')
			return false;
	return true;
}

/* The program's sum; a new one when there is none yet. NULL when there is no room. */
static struct route_sum *sum_of(struct sums *sums, struct slice program)
{
	struct route_sum *route;

	for (size_t i = 0; i < sums->count; i++)
		if (slice_is(program, sums->routes[i].name))
			return &sums->routes[i];
	if (sums->count == ROUTES_MAX)
		return NULL;
	route = &sums->routes[sums->count++];
	(void)slice_copy(program, route->name, sizeof(route->name));
	route->wanted = -1;
	return route;
}

static void add_counters(struct metrics_counters *to, const struct metrics_counters *counters)
{
	uint64_t *sum = (uint64_t *)to;
	const uint64_t *more = (const uint64_t *)counters;

	_Static_assert(sizeof(*to) % sizeof(*sum) == 0, "nothing but counters");
	for (size_t i = 0; i < sizeof(*to) / sizeof(*sum); i++)
		sum[i] += more[i];
}

/* The smaller one; 0 stands for none. */
static uint64_t older(uint64_t a, uint64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

static void add_file(struct route_sum *route, const struct metrics_file *file, bool runs)
{
	add_counters(&route->counters, &file->counters);
	if (!runs)
		return;
	route->running++;
	if (file->state.busy)
		route->busy++;
	route->oldest_start_s = older(route->oldest_start_s, file->state.started_s);
	route->oldest_keys_s = older(route->oldest_keys_s, file->state.keys_got_s);
}

/* A name that is not PROGRAM.NUMBER is no file of ours. Returns 0; ERR_INVALID; ERR_NO_MEMORY. */
static int read_file(int folder, const char *name, struct sums *sums)
{
	const char *dot = strchr(name, '.');
	struct metrics_file file;
	struct slice program;
	struct route_sum *route;
	int fd, r = ERR_INVALID;

	if (!dot || !dot[1] || strspn(dot + 1, "0123456789") != strlen(dot + 1))
		return ERR_INVALID;
	program = (struct slice){name, (size_t)(dot - name)};
	if (!is_program(program))
		return ERR_INVALID;
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return ERR_INVALID;
	if (metrics_read(fd, &file)) {
		route = sum_of(sums, program);
		r = route ? 0 : ERR_NO_MEMORY;
		if (route)
			add_file(route, &file, metrics_taken(fd));
	}
	close(fd);
	return r;
}

static int read_folder(const char *path, struct sums *sums)
{
	DIR *folder = opendir(path);
	int r = 0;

	if (!folder)
		return errno == ENOENT ? 0 : ERR_UNAVAILABLE;
	for (;;) {
		const struct dirent *entry = readdir(folder);

		if (!entry)
			break;
		if (entry->d_name[0] == '.')
			continue;
		r = read_file(dirfd(folder), entry->d_name, sums);
		if (r == ERR_NO_MEMORY)
			break;
		if (r < 0)
			sums->ignored++;
		r = 0;
	}
	closedir(folder);
	return r;
}

/* What bin/pool and bin/render write. A line of another form is passed over. */
static int read_pools(const char *path, struct sums *sums)
{
	FILE *file = path ? fopen(path, "re") : NULL;
	char line[METRICS_PROGRAM_MAX + 32];
	int r = 0;

	if (!file)
		return !path || errno == ENOENT ? 0 : ERR_UNAVAILABLE;
	while (r == 0 && fgets(line, sizeof(line), file)) {
		size_t len = strcspn(line, " ");
		struct slice program = {line, len};
		struct route_sum *route;
		long wanted;

		if (!is_program(program))
			continue;
		wanted = strtol(line + len, NULL, 10);
		if (wanted < 0 || wanted > METRICS_FILES_MAX)
			continue;
		route = sum_of(sums, program);
		if (route)
			route->wanted = (int)wanted;
		else
			r = ERR_NO_MEMORY;
	}
	fclose(file);
	return r;
}

static int by_name(const void *a, const void *b)
{
	const struct route_sum *left = a, *right = b;

	return strcmp(left->name, right->name);
}

/* --- writing --------------------------------------------------------------------------------- */

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Labels are made of our own names; what comes from elsewhere is escaped. */
static void label_value(struct buf *out, const char *value)
{
	for (; *value; value++) {
		if (*value == '\n') {
			buf_puts(out, "\\n");
			continue;
		}
		if (*value == '"' || *value == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *value);
	}
}

/* Microseconds as seconds, exact and without a locale. */
static void seconds(struct buf *out, uint64_t us)
{
	buf_printf(out, "%" PRIu64 ".%06u", us / 1000000, (unsigned)(us % 1000000));
}

/* labels: without braces, not empty. */
static void histogram(struct buf *out, const char *name, const char *labels,
		      const struct metrics_histogram *histogram)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < METRICS_BUCKETS; i++) {
		count += histogram->buckets[i];
		buf_printf(out, "%s_bucket{%s,le=\"", name, labels);
		if (i < METRICS_BUCKETS - 1)
			buf_printf(out, "%g", (double)metrics_bounds_us[i] / 1e6);
		else
			buf_puts(out, "+Inf");
		buf_printf(out, "\"} %" PRIu64 "\n", count);
	}
	buf_printf(out, "%s_sum{%s} ", name, labels);
	seconds(out, histogram->sum_us);
	buf_printf(out, "\n%s_count{%s} %" PRIu64 "\n", name, labels, count);
}

static void write_requests(struct buf *out, const struct sums *sums)
{
	family(out, "cruddur_requests_total", "counter", "Requests that were answered.");
	for (size_t n = 0; n < sums->count; n++)
		for (unsigned m = 0; m < METRICS_METHODS; m++)
			for (unsigned s = 0; s < METRICS_STATUSES; s++) {
				const struct route_sum *route = &sums->routes[n];
				uint64_t count = route->counters.requests[m][s];
				char status[12] = "other";

				if (count == 0)
					continue;
				if (s < METRICS_STATUSES - 1)
					snprintf(status, sizeof(status), "%d", metrics_statuses[s]);
				buf_printf(out,
					   "cruddur_requests_total{route=\"%s\",method=\"%s\","
					   "status=\"%s\"} %" PRIu64 "\n",
					   route->name, metrics_methods[m], status, count);
			}
}

static void write_durations(struct buf *out, const struct sums *sums, const char *name,
			    const char *help, size_t offset)
{
	char labels[METRICS_PROGRAM_MAX + 16];

	family(out, name, "histogram", help);
	for (size_t n = 0; n < sums->count; n++) {
		const struct route_sum *route = &sums->routes[n];

		snprintf(labels, sizeof(labels), "route=\"%s\"", route->name);
		histogram(out, name, labels,
			  (const void *)((const char *)&route->counters + offset));
	}
}

static void write_calls(struct buf *out, const struct sums *sums)
{
	static const char *const outcomes[METRICS_OUTCOMES] = {"ok", "failed"};

	family(out, "cruddur_dependency_calls_total", "counter",
	       "Calls to services, repeated ones included; failed: without a usable answer.");
	for (size_t n = 0; n < sums->count; n++)
		for (enum operation i = 0; i < OPERATION_COUNT; i++)
			for (unsigned o = 0; o < METRICS_OUTCOMES; o++) {
				uint64_t count = sums->routes[n].counters.calls[i][o];

				if (count == 0)
					continue;
				buf_printf(out,
					   "cruddur_dependency_calls_total{route=\"%s\","
					   "dependency=\"%s\",operation=\"%s\",outcome=\"%s\"} "
					   "%" PRIu64 "\n",
					   sums->routes[n].name,
					   dependency_names[operation_dependency(i)],
					   operation_name(i), outcomes[o], count);
			}
}

/* Of all routes together: what a statement takes does not depend on who asks. */
static void write_call_durations(struct buf *out, const struct sums *sums)
{
	static const char name[] = "cruddur_dependency_duration_seconds";

	family(out, name, "histogram", "How long calls to services took.");
	for (enum operation i = 0; i < OPERATION_COUNT; i++) {
		struct metrics_histogram sum = {0};
		char labels[160];
		uint64_t count = 0;

		for (size_t n = 0; n < sums->count; n++) {
			const struct metrics_histogram *part =
				&sums->routes[n].counters.call_duration[i];

			for (unsigned b = 0; b < METRICS_BUCKETS; b++) {
				sum.buckets[b] += part->buckets[b];
				count += part->buckets[b];
			}
			sum.sum_us += part->sum_us;
		}
		if (count == 0)
			continue;
		snprintf(labels, sizeof(labels), "dependency=\"%s\",operation=\"%s\"",
			 dependency_names[operation_dependency(i)], operation_name(i));
		histogram(out, name, labels, &sum);
	}
}

/* A counter for each dependency, where it is not zero. */
static void write_by_dependency(struct buf *out, const struct sums *sums, const char *name,
				const char *help, size_t offset)
{
	family(out, name, "counter", help);
	for (size_t n = 0; n < sums->count; n++) {
		const uint64_t *counts =
			(const void *)((const char *)&sums->routes[n].counters + offset);

		for (unsigned dep = 0; dep < DEP_COUNT; dep++)
			if (counts[dep] > 0)
				buf_printf(out, "%s{route=\"%s\",dependency=\"%s\"} %" PRIu64 "\n",
					   name, sums->routes[n].name, dependency_names[dep],
					   counts[dep]);
	}
}

/* One number a route. sparse: a route where it is zero has none. */
static const struct {
	const char *name, *type, *help;
	size_t offset; /* in struct route_sum */
	bool sparse;
} numbers[] = {
	{"cruddur_workers_running", "gauge", "Workers that run.",
	 offsetof(struct route_sum, running), false},
	{"cruddur_workers_busy", "gauge", "Workers that serve a request.",
	 offsetof(struct route_sum, busy), false},
	{"cruddur_worker_starts_total", "counter", "Workers that were started.",
	 offsetof(struct route_sum, counters.starts), false},
	{"cruddur_workers_oldest_start_timestamp_seconds", "gauge",
	 "When the oldest worker that runs was started.",
	 offsetof(struct route_sum, oldest_start_s), true},
	{"cruddur_jwks_oldest_timestamp_seconds", "gauge",
	 "When the oldest key set that a worker goes by was fetched.",
	 offsetof(struct route_sum, oldest_keys_s), true},
	{"cruddur_log_lines_dropped_total", "counter", "Lines that the log did not take.",
	 offsetof(struct route_sum, counters.log_lines_dropped), false},
};

static void write_numbers(struct buf *out, const struct sums *sums)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		family(out, numbers[i].name, numbers[i].type, numbers[i].help);
		for (size_t n = 0; n < sums->count; n++) {
			const uint64_t *value =
				(const void *)((const char *)&sums->routes[n] + numbers[i].offset);

			if (*value > 0 || !numbers[i].sparse)
				buf_printf(out, "%s{route=\"%s\"} %" PRIu64 "\n", numbers[i].name,
					   sums->routes[n].name, *value);
		}
	}
}

static void write_wanted(struct buf *out, const struct sums *sums)
{
	family(out, "cruddur_workers_wanted", "gauge", "Workers that bin/pool keeps running.");
	for (size_t n = 0; n < sums->count; n++)
		if (sums->routes[n].wanted >= 0)
			buf_printf(out, "cruddur_workers_wanted{route=\"%s\"} %d\n",
				   sums->routes[n].name, sums->routes[n].wanted);
}

static void write_connections(struct buf *out, const char *text)
{
	static const char *const states[] = {"active", "reading", "writing", "waiting"};

	if (!text || strspn(text, "0123456789 ") != strlen(text))
		return;
	family(out, "cruddur_nginx_connections", "gauge",
	       "Connections of clients; active: all of them.");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		char *end;
		unsigned long count = strtoul(text, &end, 10);

		if (end == text)
			return;
		buf_printf(out, "cruddur_nginx_connections{state=\"%s\"} %lu\n", states[i], count);
		text = end;
	}
}

static void write_all(struct buf *out, const struct sums *sums, const struct exposition *exposition)
{
	write_requests(out, sums);
	write_durations(out, sums, "cruddur_request_duration_seconds",
			"From a worker's first look at a request to its answer.",
			offsetof(struct metrics_counters, request_duration));
	write_durations(out, sums, "cruddur_request_wait_seconds",
			"From a request's arrival at nginx to a worker's first look.",
			offsetof(struct metrics_counters, request_wait));
	write_calls(out, sums);
	write_call_durations(out, sums);
	write_by_dependency(out, sums, "cruddur_dependency_retries_total",
			    "Calls that were repeated.",
			    offsetof(struct metrics_counters, retries));
	write_by_dependency(out, sums, "cruddur_breaker_opened_total",
			    "Times that a worker began to leave a service alone.",
			    offsetof(struct metrics_counters, breaker_opened));
	write_by_dependency(out, sums, "cruddur_breaker_refused_total",
			    "Calls that were not made because the service was left alone.",
			    offsetof(struct metrics_counters, breaker_refused));
	write_wanted(out, sums);
	write_numbers(out, sums);
	write_connections(out, exposition->connections);
	family(out, "cruddur_metrics_files_ignored", "gauge",
	       "Files among the workers' that could not be read.");
	buf_printf(out, "cruddur_metrics_files_ignored %u\n", sums->ignored);
	family(out, "cruddur_build_info", "gauge", "1; the version is in its label.");
	buf_puts(out, "cruddur_build_info{version=\"");
	label_value(out, exposition->version);
	buf_puts(out, "\"} 1\n");
}

int exposition_write(const struct exposition *exposition, struct buf *out)
{
	struct sums sums = {0};
	int r;

	sums.routes = calloc(ROUTES_MAX, sizeof(*sums.routes));
	if (!sums.routes)
		return ERR_NO_MEMORY;
	r = read_pools(exposition->pools, &sums);
	if (r == 0)
		r = read_folder(exposition->folder, &sums);
	if (r == 0) {
		qsort(sums.routes, sums.count, sizeof(*sums.routes), by_name);
		write_all(out, &sums, exposition);
		r = out->failed ? ERR_NO_MEMORY : 0;
	}
	free(sums.routes);
	return r;
}
