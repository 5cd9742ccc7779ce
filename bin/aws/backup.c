/*
 * backup.c - ddb backup: all items of the messages table into a new file (itemfile.h).
 *
 * It is written as FILE.part, read again, and gets its name when it is right.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "command.h"
#include "itemfile.h"
#include "settle.h"

#define PATH_SIZE 4096

struct backup {
	struct itemfile_writer *writer;
	struct settle *settle;
	struct itemfile_facts facts;
};

static int take(json_object *item, void *data)
{
	struct backup *backup = data;
	int status = itemfile_write(backup->writer, item);

	if (!ddb_member(item, "expires_at"))
		backup->facts.lasting++;
	return status == 0 ? settle_note(backup->settle, item) : status;
}

/* Write the file `part`. Returns the exit status. */
static int write_part(struct aws *aws, const char *part, struct settled *ret_settled)
{
	struct backup backup = {
		.facts = {.table = aws->config.messages_table, .begun_us = clock_now_us()},
	};
	int status;

	status = itemfile_create(part, &backup.writer);
	if (status == 0)
		status = settle_new(part, &backup.settle);
	if (status == 0)
		status = ddb_each_item(aws, backup.facts.table, NULL, take, &backup);
	if (status == 0)
		status = settle_run(aws, backup.settle, backup.writer, backup.facts.begun_us,
				    ret_settled);
	if (status == 0)
		status = itemfile_seal(backup.writer, &backup.facts);
	settle_free(backup.settle);
	itemfile_writer_free(backup.writer);
	return status;
}

/* Read the whole file again. ret_file: its facts; it is closed. Returns the exit status. */
static int check_part(const char *part, struct itemfile *ret_file)
{
	json_object *line, *item;
	int status;

	status = itemfile_open(ret_file, part);
	while (status == 0) {
		status = itemfile_next(ret_file, &line, &item);
		if (!line)
			break;
		json_object_put(line);
	}
	itemfile_close(ret_file);
	if (status == 0 && !ret_file->sealed)
		return aws_fail("%s has no seal", part);
	return status;
}

int ddb_backup(struct aws *aws)
{
	const char *path = aws->arguments[0];
	struct settled settled = {0};
	struct itemfile file;
	struct stat facts;
	char part[PATH_SIZE];
	int status;

	if (aws->native)
		return native_backup(aws);
	if (!path)
		return aws_misused("FILE is missing");
	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return aws_fail("the name of the file is too long");
	if (access(path, F_OK) == 0)
		return aws_fail("%s exists; a backup does not replace a file", path);
	status = write_part(aws, part, &settled);
	if (status == 0)
		status = check_part(part, &file);
	if (status == 0 && (stat(part, &facts) != 0 || rename(part, path) != 0))
		status = aws_fail("%s: %s", path, strerror(errno));
	if (status != 0) {
		unlink(part);
		return status;
	}
	printf("%s: %" PRId64 " items, %jd bytes in %s\n", aws->config.messages_table, file.items,
	       (intmax_t)facts.st_size, path);
	printf("sha256 %s\n", file.sha256);
	if (settled.again > 0)
		printf("%" PRId64 " conversations were read again, because they may have changed\n",
		       settled.again);
	if (settled.restless > 0)
		printf("%" PRId64 " of them changed each time\n", settled.restless);
	return 0;
}
