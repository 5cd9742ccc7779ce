/* exposition.c - see exposition.h. */
#include "run/exposition.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "run/live_counters.h"
#include "run/metrics.h"
#include "run/refusals.h"

#define ROUTES_MAX 64

/* The families with one number per route. */
enum number {
	NUMBER_RUNNING,
	NUMBER_BUSY,
	NUMBER_STARTS,
	NUMBER_ENDS,
	NUMBER_OLDEST_START,
	NUMBER_OLDEST_KEYS,
	NUMBER_LOG_DROPPED,
	NUMBERS,
};

/* A program: the sum of its workers' files. */
struct route_sum {
	char name[METRICS_PROGRAM_MAX + 1];
	int wanted;				  /* size of its pool; -1: not known */
	const struct exposition_program *program; /* of the table of routes; NULL: not in it */
	uint64_t numbers[NUMBERS];
	struct metrics_counters counters;
};

struct sums {
	size_t count;
	unsigned ignored;	  /* files that are not ours or not whole */
	struct route_sum *routes; /* ROUTES_MAX of them */
	const struct exposition_program *programs;
	bool has_refusals;
	struct refusals refusals;
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

/* The sum of `program`, a new one if it has none. Returns NULL when there is no room. */
static struct route_sum *sum_of(struct sums *sums, struct slice program)
{
	struct route_sum *route;

	for (size_t i = 0; i < sums->count; i++)
		if (slice_is(program, sums->routes[i].name))
			return &sums->routes[i];
	if (sums->count == ROUTES_MAX)
		return NULL;
	route = &sums->routes[sums->count++];
	slice_copy(program, route->name, sizeof(route->name));
	route->wanted = -1;
	for (const struct exposition_program *one = sums->programs; one && one->name; one++)
		if (strcmp(one->name, route->name) == 0)
			route->program = one;
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

/* The earlier time; 0 is no time. */
static uint64_t older(uint64_t a, uint64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* running: a process holds the file. */
static void add_file(struct route_sum *route, const struct metrics_file *file, bool running)
{
	uint64_t *numbers = route->numbers;

	add_counters(&route->counters, &file->counters);
	numbers[NUMBER_STARTS] += file->counters.starts;
	numbers[NUMBER_ENDS] += file->counters.ends;
	numbers[NUMBER_LOG_DROPPED] += file->counters.log_lines_dropped;
	if (!running)
		return;
	numbers[NUMBER_RUNNING]++;
	if (file->state.busy)
		numbers[NUMBER_BUSY]++;
	numbers[NUMBER_OLDEST_START] = older(numbers[NUMBER_OLDEST_START], file->state.started_s);
	numbers[NUMBER_OLDEST_KEYS] = older(numbers[NUMBER_OLDEST_KEYS], file->state.keys_got_s);
}

/* Add the file `name`, PROGRAM.NUMBER. Returns 0; ERR_INVALID for another file; ERR_NO_MEMORY. */
static int read_file(int folder, const char *name, struct sums *sums)
{
	struct slice number = slice_of(name);
	struct slice program = slice_cut(&number, '.');
	struct metrics_file file;
	struct route_sum *route;
	uint64_t ignored;
	int fd, r = ERR_INVALID;

	if (!is_program(program) || !slice_number(number, 10, UINT64_MAX, &ignored))
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

/* Read the file that bin/pool and bin/render write. Lines of another form are skipped. */
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

/* Write the value of a label, escaped. */
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

/* Write microseconds as seconds, exactly and independent of the locale. */
static void seconds(struct buf *out, uint64_t us)
{
	buf_printf(out, "%" PRIu64 ".%06u", us / 1000000, (unsigned)(us % 1000000));
}

/* labels: one or more, without braces. */
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

/* Other methods get a 405 if the program declares its own ones. */
static bool is_expected(const struct route_sum *route, unsigned method, unsigned status)
{
	if (!route->program || status == METRICS_STATUSES - 1)
		return false;
	if (method == METRICS_METHODS - 1)
		return metrics_statuses[status] == 405;
	return route->program->methods & 1u << method;
}

static void write_request_count(struct buf *out, const struct route_sum *route, unsigned method,
				unsigned status)
{
	uint64_t count = route->counters.requests[method][status];
	char text[12] = "other";

	if (count == 0 && !is_expected(route, method, status))
		return;
	if (status < METRICS_STATUSES - 1)
		snprintf(text, sizeof(text), "%d", metrics_statuses[status]);
	buf_printf(out,
		   "cruddur_requests_total{route=\"%s\",method=\"%s\",status=\"%s\"} %" PRIu64 "\n",
		   route->name, metrics_methods[method], text, count);
}

static void write_requests(struct buf *out, const struct sums *sums)
{
	family(out, "cruddur_requests_total", "counter", "Answered requests.");
	for (size_t n = 0; n < sums->count; n++)
		for (unsigned m = 0; m < METRICS_METHODS; m++)
			for (unsigned s = 0; s < METRICS_STATUSES; s++)
				write_request_count(out, &sums->routes[n], m, s);
}

typedef const struct metrics_histogram *histogram_of(const struct metrics_counters *counters);

static const struct metrics_histogram *duration_of(const struct metrics_counters *counters)
{
	return &counters->request_duration;
}

static const struct metrics_histogram *wait_of(const struct metrics_counters *counters)
{
	return &counters->request_wait;
}

static void write_times(struct buf *out, const struct sums *sums, const char *name,
			const char *help, histogram_of *of)
{
	char labels[METRICS_PROGRAM_MAX + 16];

	family(out, name, "histogram", help);
	for (size_t n = 0; n < sums->count; n++) {
		snprintf(labels, sizeof(labels), "route=\"%s\"", sums->routes[n].name);
		histogram(out, name, labels, of(&sums->routes[n].counters));
	}
}

static const char *const outcomes[METRICS_OUTCOMES] = {"ok", "failed"};

/* The calls of one route, by operation. */
static void write_route_calls(struct buf *out, const struct route_sum *route)
{
	for (enum operation i = 0; i < OPERATION_COUNT; i++) {
		const uint64_t *counts = route->counters.calls[i];

		if (counts[METRICS_OK] + counts[METRICS_FAILED] == 0)
			continue;
		for (unsigned o = 0; o < METRICS_OUTCOMES; o++)
			buf_printf(out,
				   "cruddur_dependency_calls_total{route=\"%s\",dependency=\"%s\","
				   "operation=\"%s\",outcome=\"%s\"} %" PRIu64 "\n",
				   route->name, dependency_names[operation_dependency(i)],
				   operation_name(i), outcomes[o], counts[o]);
	}
}

static void write_calls(struct buf *out, const struct sums *sums)
{
	family(out, "cruddur_dependency_calls_total", "counter",
	       "Calls to services, retries included; failed: without a usable answer.");
	for (size_t n = 0; n < sums->count; n++)
		write_route_calls(out, &sums->routes[n]);
}

static bool route_needs(const struct route_sum *route, unsigned dep)
{
	return route->program && route->program->needs & 1u << dep;
}

static void write_outcome(struct buf *out, const struct route_sum *route, unsigned dep,
			  unsigned outcome)
{
	uint64_t count = 0;

	for (enum operation i = 0; i < OPERATION_COUNT; i++)
		if ((unsigned)operation_dependency(i) == dep)
			count += route->counters.calls[i][outcome];
	if (count > 0 || route_needs(route, dep))
		buf_printf(out,
			   "cruddur_dependency_outcomes_total{route=\"%s\",dependency=\"%s\","
			   "outcome=\"%s\"} %" PRIu64 "\n",
			   route->name, dependency_names[dep], outcomes[outcome], count);
}

/* The same calls, all operations together, so that they are there before the first call. */
static void write_outcomes(struct buf *out, const struct sums *sums)
{
	family(out, "cruddur_dependency_outcomes_total", "counter",
	       "The same calls, all operations of a service together.");
	for (size_t n = 0; n < sums->count; n++)
		for (unsigned dep = 0; dep < DEP_COUNT; dep++)
			for (unsigned o = 0; o < METRICS_OUTCOMES; o++)
				write_outcome(out, &sums->routes[n], dep, o);
}

/* Add the times of operation `operation` of all routes to `sum`. Returns how many they are. */
static uint64_t sum_call_durations(const struct sums *sums, enum operation operation,
				   struct metrics_histogram *sum)
{
	uint64_t count = 0;

	for (size_t n = 0; n < sums->count; n++) {
		const struct metrics_histogram *part =
			&sums->routes[n].counters.call_duration[operation];

		for (unsigned b = 0; b < METRICS_BUCKETS; b++) {
			sum->buckets[b] += part->buckets[b];
			count += part->buckets[b];
		}
		sum->sum_us += part->sum_us;
	}
	return count;
}

/* Without a label for the route: the time of a statement does not depend on the caller. */
static void write_call_durations(struct buf *out, const struct sums *sums)
{
	static const char name[] = "cruddur_dependency_duration_seconds";

	family(out, name, "histogram", "How long calls to services took.");
	for (enum operation i = 0; i < OPERATION_COUNT; i++) {
		struct metrics_histogram sum = {0};
		char labels[160];

		if (sum_call_durations(sums, i, &sum) == 0)
			continue;
		snprintf(labels, sizeof(labels), "dependency=\"%s\",operation=\"%s\"",
			 dependency_names[operation_dependency(i)], operation_name(i));
		histogram(out, name, labels, &sum);
	}
}

static void write_event(struct buf *out, const struct sums *sums, const char *name,
			enum metrics_event event)
{
	for (size_t n = 0; n < sums->count; n++) {
		const uint64_t *counts = sums->routes[n].counters.events[event];

		for (unsigned dep = 0; dep < DEP_COUNT; dep++)
			if (counts[dep] > 0 || route_needs(&sums->routes[n], dep))
				buf_printf(out, "%s{route=\"%s\",dependency=\"%s\"} %" PRIu64 "\n",
					   name, sums->routes[n].name, dependency_names[dep],
					   counts[dep]);
	}
}

static void write_events(struct buf *out, const struct sums *sums)
{
	static const struct {
		const char *name, *help;
	} families[METRICS_EVENTS] = {
		[METRICS_RETRY] = {"cruddur_dependency_retries_total", "Calls that were repeated."},
		[METRICS_BREAKER_OPENED] = {"cruddur_breaker_opened_total",
					    "Times that a worker's circuit breaker opened."},
		[METRICS_BREAKER_REFUSED] =
			{"cruddur_breaker_refused_total",
			 "Calls not made because the circuit breaker was open."},
	};

	for (unsigned i = 0; i < METRICS_EVENTS; i++) {
		family(out, families[i].name, "counter", families[i].help);
		write_event(out, sums, families[i].name, (enum metrics_event)i);
	}
}

static void write_numbers(struct buf *out, const struct sums *sums)
{
	/* sparse: only routes where the number is not 0 have it */
	static const struct {
		const char *name, *type, *help;
		bool sparse;
	} families[NUMBERS] = {
		[NUMBER_RUNNING] = {"cruddur_workers_running", "gauge", "Running workers.", false},
		[NUMBER_BUSY] = {"cruddur_workers_busy", "gauge",
				 "Workers that are serving a request.", false},
		[NUMBER_STARTS] = {"cruddur_worker_starts_total", "counter", "Started workers.",
				   false},
		[NUMBER_ENDS] = {"cruddur_worker_ends_total", "counter",
				 "Workers that ended without a crash.", false},
		[NUMBER_OLDEST_START] = {"cruddur_workers_oldest_start_timestamp_seconds", "gauge",
					 "Start of the oldest running worker.", true},
		[NUMBER_OLDEST_KEYS] = {"cruddur_jwks_oldest_timestamp_seconds", "gauge",
					"Fetch of the oldest key set that a worker uses.", true},
		[NUMBER_LOG_DROPPED] = {"cruddur_log_lines_dropped_total", "counter",
					"Log lines that could not be written.", false},
	};

	for (unsigned i = 0; i < NUMBERS; i++) {
		family(out, families[i].name, families[i].type, families[i].help);
		for (size_t n = 0; n < sums->count; n++) {
			uint64_t value = sums->routes[n].numbers[i];

			if (value > 0 || !families[i].sparse)
				buf_printf(out, "%s{route=\"%s\"} %" PRIu64 "\n", families[i].name,
					   sums->routes[n].name, value);
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

static uint64_t refused(const struct refusals *refusals, const char *route, uint16_t status)
{
	for (size_t i = 0; i < refusals->rows; i++)
		if (refusals->row[i].status == status && strcmp(refusals->row[i].route, route) == 0)
			return refusals->row[i].count;
	return 0;
}

static void write_refused_count(struct buf *out, const char *route, unsigned status, uint64_t count)
{
	buf_printf(out, "cruddur_nginx_refused_total{route=\"%s\",status=\"%u\"} %" PRIu64 "\n",
		   route, status, count);
}

/* The statuses that a route has even when they are 0: those that operators watch. */
static const uint16_t watched[] = {429, 499, 503};

static bool is_watched(uint16_t status)
{
	for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]); i++)
		if (status == watched[i])
			return true;
	return false;
}

static void write_watched(struct buf *out, const struct refusals *refusals, const char *route)
{
	for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]); i++)
		write_refused_count(out, route, watched[i], refused(refusals, route, watched[i]));
}

static bool has_route(const struct sums *sums, const char *name)
{
	for (size_t n = 0; n < sums->count; n++)
		if (strcmp(sums->routes[n].name, name) == 0)
			return true;
	return false;
}

/* The names that nginx gives to requests that are for no pool; the edge has one for all others. */
static const char *const replica_routes[] = {"static", "none", NULL};
static const char *const edge_routes[] = {"edge", NULL};

static void write_refused(struct buf *out, const struct sums *sums, bool edge)
{
	const struct refusals *refusals = &sums->refusals;
	const char *const *others = edge ? edge_routes : replica_routes;

	family(out, "cruddur_nginx_refused_total", "counter",
	       "Requests that nginx answered with an error without a worker; 499: given up by the "
	       "client.");
	for (size_t n = 0; n < sums->count; n++)
		write_watched(out, refusals, sums->routes[n].name);
	for (const char *const *other = others; *other; other++)
		write_watched(out, refusals, *other);
	for (size_t i = 0; i < refusals->rows; i++) {
		const struct refusals_row *row = &refusals->row[i];
		bool written = has_route(sums, row->route);

		for (const char *const *other = others; *other; other++)
			written = written || strcmp(row->route, *other) == 0;
		if (!written || !is_watched(row->status))
			write_refused_count(out, row->route, row->status, row->count);
	}
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

/* Without a file there is no live_hub here: this is the edge. */
static void write_live(struct buf *out, const char *folder)
{
	struct live_counters counters;
	bool running;

	if (live_counters_read(folder, &counters, &running) < 0)
		return;
	const struct {
		const char *name, *type, *help;
		uint64_t value;
	} families[] = {
		{"cruddur_live_running", "gauge", "1 while live_hub runs.", running},
		{"cruddur_live_streams", "gauge", "Open streams.", counters.streams},
		{"cruddur_live_people", "gauge", "People with an open stream.", counters.people},
		{"cruddur_live_starts_total", "counter", "Starts of live_hub.", counters.starts},
		{"cruddur_live_opened_total", "counter", "Streams that were opened.",
		 counters.opened},
		{"cruddur_live_refused_total", "counter",
		 "Streams that were refused because there were too many.", counters.refused},
		{"cruddur_live_frames_total", "counter", "Events from workers.", counters.frames},
		{"cruddur_live_deliveries_total", "counter", "Events written to streams.",
		 counters.deliveries},
		{"cruddur_live_invalid_total", "counter", "Packets and requests that are none.",
		 counters.invalid},
		{"cruddur_live_resyncs_total", "counter", "Times that a stream was told to resync.",
		 counters.resyncs},
		{"cruddur_live_unpublished_total", "counter",
		 "Events that a worker could not hand to live_hub.", counters.unpublished},
		{"cruddur_live_dropped_total", "counter",
		 "Events for all streams that were dropped because there were too many.",
		 counters.dropped},
		{"cruddur_live_bus_connected", "gauge", "1 while live_hub hears other machines.",
		 running ? counters.bus_connected : 0},
		{"cruddur_live_bus_sent_total", "counter", "Statements that passed events on.",
		 counters.bus_sent},
		{"cruddur_live_bus_received_total", "counter", "Payloads of other machines.",
		 counters.bus_received},
		{"cruddur_live_bus_missed_total", "counter",
		 "Times that events of other machines may have been missed.", counters.bus_missed},
	};

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		family(out, families[i].name, families[i].type, families[i].help);
		buf_printf(out, "%s %" PRIu64 "\n", families[i].name, families[i].value);
	}
	family(out, "cruddur_live_closed_total", "counter", "Streams that live_hub ended.");
	for (unsigned i = 0; i < LIVE_CLOSE_COUNT; i++)
		buf_printf(out, "cruddur_live_closed_total{reason=\"%s\"} %" PRIu64 "\n",
			   live_close_names[i],
			   *live_counters_closed(&counters, (enum live_close)i));
}

static void write_all(struct buf *out, const struct sums *sums, const struct exposition *exposition)
{
	write_requests(out, sums);
	write_times(out, sums, "cruddur_request_duration_seconds",
		    "From the start of a request in its worker to its answer.", duration_of);
	write_times(out, sums, "cruddur_request_wait_seconds",
		    "From the arrival of a request at nginx to its start in a worker.", wait_of);
	write_calls(out, sums);
	write_outcomes(out, sums);
	write_call_durations(out, sums);
	write_events(out, sums);
	write_wanted(out, sums);
	write_numbers(out, sums);
	if (sums->has_refusals)
		write_refused(out, sums, exposition->edge);
	write_connections(out, exposition->connections);
	write_live(out, exposition->folder);
	family(out, "cruddur_metrics_files_ignored", "gauge",
	       "Files in the metrics folder that could not be read.");
	buf_printf(out, "cruddur_metrics_files_ignored %u\n", sums->ignored);
	family(out, "cruddur_build_info", "gauge", "Always 1; the version is its label.");
	buf_puts(out, "cruddur_build_info{version=\"");
	label_value(out, exposition->version);
	buf_puts(out, "\"} 1\n");
}

/* Read everything that the text is made of. */
static int read_all(const struct exposition *exposition, struct sums *sums)
{
	int r = read_pools(exposition->pools, sums);

	if (r == 0)
		r = read_folder(exposition->folder, sums);
	if (r == 0 && exposition->refused) {
		/* The other metrics are needed most when the disk is full. */
		sums->has_refusals = refusals_count(exposition->folder, exposition->refused,
						    &sums->refusals) == 0;
		if (!sums->has_refusals)
			sums->ignored++;
	}
	return r;
}

int exposition_write(const struct exposition *exposition, struct buf *out)
{
	struct sums *sums = calloc(1, sizeof(*sums));
	int r = ERR_NO_MEMORY;

	if (!sums)
		return r;
	sums->programs = exposition->programs;
	sums->routes = calloc(ROUTES_MAX, sizeof(*sums->routes));
	if (sums->routes)
		r = read_all(exposition, sums);
	if (r == 0) {
		qsort(sums->routes, sums->count, sizeof(*sums->routes), by_name);
		write_all(out, sums, exposition);
		r = out->failed ? ERR_NO_MEMORY : 0;
	}
	free(sums->routes);
	free(sums);
	return r;
}
