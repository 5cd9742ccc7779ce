/* refusals.c - see refusals.h. */
#define _GNU_SOURCE /* F_OFD_SETLKW */
#include "run/refusals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/slice.h"
#include "run/shared.h"

#define FILE_NAME  ".refused"
#define MAGIC	   "refused"
#define CHUNK	   65536
#define STATUS_MIN 400
#define STATUS_MAX 599

/* Open and lock the file of the counts. Returns its descriptor; ERR_UNAVAILABLE. */
static int open_counts(const char *folder)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd, r;

	fd = shared_open(folder, FILE_NAME);
	if (fd < 0)
		return fd;
	do
		r = fcntl(fd, F_OFD_SETLKW, &lock);
	while (r < 0 && errno == EINTR);
	if (r < 0) {
		close(fd);
		return ERR_UNAVAILABLE;
	}
	return fd;
}

/* Read the counts; those of a file that is not whole, or of another layout, start from 0. */
static void read_counts(int fd, struct refusals *counts)
{
	bool whole = pread(fd, counts, sizeof(*counts), 0) == (ssize_t)sizeof(*counts) &&
		     memcmp(counts->magic, MAGIC, sizeof(MAGIC)) == 0 &&
		     counts->size == sizeof(*counts) && counts->rows <= REFUSALS_ROWS;

	for (size_t i = 0; whole && i < counts->rows; i++)
		whole = memchr(counts->row[i].route, '\0', sizeof(counts->row[i].route)) != NULL;
	if (whole)
		return;
	*counts = (struct refusals){.magic = MAGIC, .size = sizeof(*counts)};
}

static bool is_route(struct slice name)
{
	if (name.len == 0 || name.len > REFUSALS_ROUTE_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((name.ptr[i] < 'a' || name.ptr[i] > 'z') && name.ptr[i] != '_')
			return false;
	return true;
}

/* The row of a route and status, a new one if it has none yet. Returns NULL when all are used. */
static struct refusals_row *row_of(struct refusals *counts, struct slice route, uint16_t status)
{
	struct refusals_row *row;

	for (size_t i = 0; i < counts->rows; i++) {
		row = &counts->row[i];
		if (row->status == status && slice_is(route, row->route))
			return row;
	}
	if (counts->rows == REFUSALS_ROWS)
		return NULL;
	row = &counts->row[counts->rows++];
	slice_copy(route, row->route, sizeof(row->route));
	row->status = status;
	return row;
}

/* Count "ROUTE STATUS". */
static void count_line(struct refusals *counts, struct slice line)
{
	struct slice route = slice_cut(&line, ' ');
	struct refusals_row *row = NULL;
	uint64_t status;

	if (is_route(route) && slice_number(line, 10, STATUS_MAX, &status) && status >= STATUS_MIN)
		row = row_of(counts, route, (uint16_t)status);
	if (row)
		row->count++;
	else
		counts->ignored++;
}

/* Count the whole lines of `text`. Returns the number of bytes that they have. */
static size_t count_lines(struct refusals *counts, struct slice text)
{
	size_t done = 0;

	for (;;) {
		const char *start = text.ptr + done;
		const char *end = memchr(start, '\n', text.len - done);

		if (!end)
			return done;
		count_line(counts, (struct slice){start, (size_t)(end - start)});
		done += (size_t)(end - start) + 1;
	}
}

/* Count what follows counts->offset in the file. A chunk without a whole line is skipped. */
static int count_rest(struct refusals *counts, int fd)
{
	char chunk[CHUNK];

	for (;;) {
		ssize_t len = pread(fd, chunk, sizeof(chunk), (off_t)counts->offset);
		size_t done;

		if (len < 0)
			return ERR_UNAVAILABLE;
		done = count_lines(counts, (struct slice){chunk, (size_t)len});
		if (done == 0 && len == (ssize_t)sizeof(chunk)) {
			counts->ignored++;
			done = (size_t)len;
		}
		if (done == 0)
			return 0;
		counts->offset += done;
	}
}

/*
 * Count the rest of the file `path`. Unless it is the one that counts->offset belongs to, it is
 * read from its start if `from_start`, and otherwise not at all.
 */
static int count_file(struct refusals *counts, const char *path, bool from_start)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat stat;
	int r = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : ERR_UNAVAILABLE;
	if (fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode)) {
		close(fd);
		return ERR_UNAVAILABLE;
	}
	if (from_start &&
	    (stat.st_ino != counts->inode || (uint64_t)stat.st_size < counts->offset)) {
		counts->inode = stat.st_ino;
		counts->offset = 0;
	}
	if (stat.st_ino == counts->inode)
		r = count_rest(counts, fd);
	close(fd);
	return r;
}

int refusals_count(const char *folder, const char *log, struct refusals *ret_refusals)
{
	struct refusals counts;
	char before[640];
	int fd, r;

	if (snprintf(before, sizeof(before), "%s.1", log) >= (int)sizeof(before))
		return ERR_UNAVAILABLE;
	fd = open_counts(folder);
	if (fd < 0)
		return fd;
	read_counts(fd, &counts);
	r = count_file(&counts, before, false);
	if (r == 0)
		r = count_file(&counts, log, true);
	if (r == 0 && pwrite(fd, &counts, sizeof(counts), 0) != (ssize_t)sizeof(counts))
		r = ERR_UNAVAILABLE;
	close(fd);
	if (r == 0)
		*ret_refusals = counts;
	return r;
}
