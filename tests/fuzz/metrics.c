/*
 * metrics.c - any bytes as a worker's metrics file and as the pools file: /metrics keeps to the
 * exposition format. First line of the input: for the metrics file; the rest: the pools file.
 */
#define _GNU_SOURCE /* memrchr */
#include <fcntl.h>
#include <unistd.h>

#include "fuzz.h"

#include "run/exposition.h"
#include "run/metrics.h"

static char folder[] = "/tmp/cruddur-fuzz-XXXXXX";
static char file_path[64], pools_path[64];

static void remove_all(void)
{
	unlink(file_path);
	unlink(pools_path);
	rmdir(folder);
}

static void write_file(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ALWAYS(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	close(fd);
}

/* A comment, or: name{label="value",…} number */
static void check_line(struct slice line)
{
	const char *brace = memchr(line.ptr, '{', line.len);
	const char *space = memrchr(line.ptr, ' ', line.len);

	if (line.ptr[0] == '#')
		return;
	ALWAYS(memcmp(line.ptr, "cruddur_", 8) == 0 && space);
	ALWAYS(!brace || space[-1] == '}');
	for (const char *at = space + 1; at < line.ptr + line.len; at++)
		ALWAYS((*at >= '0' && *at <= '9') || *at == '.');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct metrics_file file = {.head = {.magic = METRICS_MAGIC, .layout = metrics_layout()}};
	struct exposition exposition = {.folder = folder, .pools = pools_path, .version = "1"};
	struct slice rest = {(const char *)data, size};
	struct slice first = fuzz_line(&rest);
	buf_auto out = BUF_INIT((size_t)2 << 20);
	struct slice text;

	if (!file_path[0]) {
		ALWAYS(mkdtemp(folder));
		snprintf(file_path, sizeof(file_path), "%s/messages.0", folder);
		snprintf(pools_path, sizeof(pools_path), "%s/pools", folder);
		atexit(remove_all);
	}
	/* An odd number of bytes is the whole file; an even number follows a valid head. */
	if (first.len % 2 == 0 && first.len <= sizeof(file) - sizeof(file.head)) {
		if (first.len > 0)
			memcpy((char *)&file + sizeof(file.head), first.ptr, first.len);
		write_file(file_path, &file, sizeof(file));
	} else {
		write_file(file_path, first.ptr, first.len);
	}
	write_file(pools_path, rest.len > 0 ? rest.ptr : "", rest.len);

	ALWAYS(exposition_write(&exposition, &out) == 0);
	text = buf_slice(&out);
	while (text.len > 0)
		check_line(fuzz_line(&text));
	return 0;
}
