/* metrics.c - see metrics.h. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "run/metrics.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fnv.h"

#define LAYOUT_VERSION 1 /* for changes of meaning that the hash does not see */

struct metrics {
	struct metrics_file *file;
	int fd; /* holds the lock */
};

const int64_t metrics_bounds_us[METRICS_BUCKETS - 1] = {
	100,   250,    500,    1000,   2500,	5000,	 10000,	  25000,
	50000, 100000, 250000, 500000, 1000000, 2000000, 4000000,
};

const char *const metrics_methods[METRICS_METHODS] = {"GET", "POST", "PUT", "DELETE", "other"};

const int metrics_statuses[METRICS_STATUSES - 1] = {
	200, 202, 204, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503,
};

uint64_t metrics_layout(void)
{
	const uint64_t numbers[] = {LAYOUT_VERSION, sizeof(struct metrics_file)};
	uint64_t sum = fnv(FNV_START, numbers, sizeof(numbers));

	sum = fnv(sum, metrics_bounds_us, sizeof(metrics_bounds_us));
	sum = fnv(sum, metrics_statuses, sizeof(metrics_statuses));
	for (enum operation i = 0; i < OPERATION_COUNT; i++) {
		enum dependency dep = operation_dependency(i);
		const char *name = operation_name(i);

		sum = fnv(sum, &dep, sizeof(dep));
		sum = fnv(sum, name, strlen(name) + 1);
	}
	return sum;
}

bool metrics_read(int fd, struct metrics_file *ret_file)
{
	struct stat stat;

	return fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) &&
	       stat.st_size == (off_t)sizeof(*ret_file) &&
	       pread(fd, ret_file, sizeof(*ret_file), 0) == (ssize_t)sizeof(*ret_file) &&
	       memcmp(ret_file->head.magic, METRICS_MAGIC, sizeof(METRICS_MAGIC)) == 0 &&
	       ret_file->head.layout == metrics_layout();
}

bool metrics_read_state(int fd, struct metrics_state *ret_state)
{
	struct {
		struct metrics_head head;
		struct metrics_state state;
	} seen;

	if (pread(fd, &seen, sizeof(seen), 0) != (ssize_t)sizeof(seen) ||
	    memcmp(seen.head.magic, METRICS_MAGIC, sizeof(METRICS_MAGIC)) != 0)
		return false;
	*ret_state = seen.state;
	return true;
}

bool metrics_taken(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/*
 * Make the locked file an empty one. Its head is written last, so that no reader takes half a file
 * for a whole one. Its blocks are reserved: a store to a page for which a full disk has no room
 * would kill the process.
 */
static int empty_file(int fd)
{
	const struct metrics_head head = {.magic = METRICS_MAGIC, .layout = metrics_layout()};

	if (ftruncate(fd, 0) < 0 || posix_fallocate(fd, 0, sizeof(struct metrics_file)) != 0 ||
	    pwrite(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return ERR_UNAVAILABLE;
	return 0;
}

/* Map the locked file with its counts. */
static int map_file(int fd, struct metrics_file **ret_file)
{
	struct metrics_file *file;
	struct metrics_file seen;

	if (!metrics_read(fd, &seen) && empty_file(fd) < 0)
		return ERR_UNAVAILABLE;
	file = mmap(NULL, sizeof(*file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		return ERR_UNAVAILABLE;
	*ret_file = file;
	return 0;
}

/* Open and lock file `number`. Returns its descriptor; ERR_CONFLICT when it is locked. */
static int take_file(int folder, const char *program, unsigned number)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char name[METRICS_PROGRAM_MAX + 16];
	int fd;

	snprintf(name, sizeof(name), "%s.%u", program, number);
	fd = openat(folder, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return ERR_UNAVAILABLE;
	if (fcntl(fd, F_OFD_SETLK, &lock) < 0) {
		close(fd);
		return ERR_CONFLICT;
	}
	return fd;
}

/* Open, lock and map the first free file. Returns 0; ERR_UNAVAILABLE. */
static int take_first(int folder, const char *program, int *ret_fd, struct metrics_file **ret_file)
{
	for (unsigned number = 0; number < METRICS_FILES_MAX; number++) {
		int fd = take_file(folder, program, number);

		if (fd == ERR_CONFLICT)
			continue;
		if (fd < 0)
			return fd;
		if (map_file(fd, ret_file) < 0) {
			close(fd);
			return ERR_UNAVAILABLE;
		}
		*ret_fd = fd;
		return 0;
	}
	return ERR_UNAVAILABLE;
}

/* Atomic, so that no reader sees half a number; there is only one writer. */
static void set(uint64_t *cell, uint64_t value)
{
	__atomic_store_n(cell, value, __ATOMIC_RELAXED);
}

static void add(uint64_t *cell, int64_t value)
{
	set(cell, *cell + (uint64_t)(value > 0 ? value : 0));
}

int metrics_open(const char *folder, const char *program, int64_t now_s,
		 struct metrics **ret_metrics)
{
	struct metrics *metrics;
	int dir, r;

	if (strlen(program) > METRICS_PROGRAM_MAX)
		return ERR_UNAVAILABLE;
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return ERR_UNAVAILABLE;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return ERR_UNAVAILABLE;
	metrics = calloc(1, sizeof(*metrics));
	r = metrics ? take_first(dir, program, &metrics->fd, &metrics->file) : ERR_NO_MEMORY;
	close(dir);
	if (r < 0) {
		free(metrics);
		return r;
	}
	set(&metrics->file->state.busy, 0);
	set(&metrics->file->state.started_s, (uint64_t)now_s);
	set(&metrics->file->state.keys_got_s, 0);
	add(&metrics->file->counters.starts, 1);
	*ret_metrics = metrics;
	return 0;
}

void metrics_close(struct metrics *metrics)
{
	if (!metrics)
		return;
	add(&metrics->file->counters.ends, 1);
	munmap(metrics->file, sizeof(*metrics->file));
	close(metrics->fd);
	free(metrics);
}

static void observe(struct metrics_histogram *histogram, int64_t us)
{
	unsigned i = 0;

	while (i < METRICS_BUCKETS - 1 && us > metrics_bounds_us[i])
		i++;
	add(&histogram->buckets[i], 1);
	add(&histogram->sum_us, us);
}

static unsigned index_of_method(const char *method)
{
	unsigned i = 0;

	while (i < METRICS_METHODS - 1 && strcmp(method, metrics_methods[i]) != 0)
		i++;
	return i;
}

static unsigned index_of_status(int status)
{
	unsigned i = 0;

	while (i < METRICS_STATUSES - 1 && status != metrics_statuses[i])
		i++;
	return i;
}

void metrics_begin(struct metrics *metrics)
{
	if (metrics)
		set(&metrics->file->state.busy, 1);
}

void metrics_answered(struct metrics *metrics, const char *method, int status, int64_t waited_us,
		      int64_t duration_us)
{
	struct metrics_counters *counters;

	if (!metrics)
		return;
	counters = &metrics->file->counters;
	add(&counters->requests[index_of_method(method)][index_of_status(status)], 1);
	observe(&counters->request_wait, waited_us);
	observe(&counters->request_duration, duration_us);
	set(&metrics->file->state.busy, 0);
}

void metrics_call(struct metrics *metrics, enum operation operation, int64_t duration_us, bool ok)
{
	struct metrics_counters *counters;

	if (!metrics)
		return;
	counters = &metrics->file->counters;
	add(&counters->calls[operation][ok ? METRICS_OK : METRICS_FAILED], 1);
	observe(&counters->call_duration[operation], duration_us);
}

void metrics_event(struct metrics *metrics, enum metrics_event event, enum dependency dep)
{
	assert(event < METRICS_EVENTS && dep < DEP_COUNT);
	if (metrics)
		add(&metrics->file->counters.events[event][dep], 1);
}

void metrics_keys_got(struct metrics *metrics, int64_t now_s)
{
	if (metrics)
		set(&metrics->file->state.keys_got_s, (uint64_t)now_s);
}

void metrics_log_dropped(struct metrics *metrics)
{
	if (metrics)
		add(&metrics->file->counters.log_lines_dropped, 1);
}
