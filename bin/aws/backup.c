/*
 * backup.c - ddb backup and restore: all items of the messages table into a file, and back.
 *
 * The file has one item per line, {"Item":{"pk":{"S":"MSG#…"},…}}: the form in which DynamoDB
 * exports tables. Backup writes FILE.part and gives it its name when it is complete. Restore checks
 * every line before it writes the first item, so a damaged file changes nothing; a second run
 * writes the same items again.
 *
 * AWS: "DynamoDB table export output format", "BatchWriteItem".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "command.h"
#include "command_requests.h"
#include "json/jsonin.h"

#define PATH_SIZE   4096
#define LINE_SIZE   1048576	 /* an item of the table has some kilobytes */
#define BATCH_ITEMS 25		 /* the limit of BatchWriteItem */
#define BATCH_BYTES (256 * 1024) /* of one request, except a larger item alone */
#define PLAIN_JSON  (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* --- backup ---------------------------------------------------------------------------------- */

struct backup {
	const char *path; /* of the unfinished file */
	FILE *file;
	size_t count;
};

static int write_item(json_object *item, void *data)
{
	struct backup *backup = data;
	const char *text = json_object_to_json_string_ext(item, PLAIN_JSON);

	if (!text)
		return aws_fail("out of memory");
	if (fprintf(backup->file, "{\"Item\":%s}\n", text) < 0)
		return aws_fail("%s: %s", backup->path, strerror(errno));
	backup->count++;
	return 0;
}

/* Write all items to the new file backup->path. Returns the exit status. */
static int write_file(struct aws *aws, struct backup *backup)
{
	int status, fd;

	/* Only the owner may read the messages. */
	fd = open(backup->path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	backup->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!backup->file) {
		if (fd >= 0)
			close(fd);
		return aws_fail("%s: %s", backup->path, strerror(errno));
	}
	status = ddb_each_item(aws, aws->config.messages_table, write_item, backup);
	if (status == 0 && (fflush(backup->file) != 0 || fsync(fd) != 0))
		status = aws_fail("%s: %s", backup->path, strerror(errno));
	if (fclose(backup->file) != 0 && status == 0)
		status = aws_fail("%s: %s", backup->path, strerror(errno));
	return status;
}

int ddb_backup(struct aws *aws)
{
	const char *path = aws->arguments[0];
	struct backup backup = {0};
	char part[PATH_SIZE];
	int status;

	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return aws_fail("the name of the file is too long");
	if (access(path, F_OK) == 0)
		return aws_fail("%s exists; a backup does not replace a file", path);
	backup.path = part;
	status = write_file(aws, &backup);
	if (status == 0 && rename(part, path) != 0)
		status = aws_fail("%s: %s", path, strerror(errno));
	if (status != 0) {
		unlink(part);
		return status;
	}
	printf("%s: %zu items in %s\n", aws->config.messages_table, backup.count, path);
	return 0;
}

/* --- restore --------------------------------------------------------------------------------- */

/* A file of items that is being read. */
struct items_file {
	const char *path;
	FILE *file;
	char *line;   /* LINE_SIZE bytes */
	size_t lines; /* that were read */
};

/* Whether the item has a key of this name, which is a string. */
static bool has_key(const json_object *item, const char *name)
{
	json_object *key;
	struct slice text;

	return json_object_is_type(item, json_type_object) &&
	       json_object_object_get_ex(item, name, &key) && jsonin_string(key, "S", &text) == 0;
}

/*
 * Read the next item. ret_line: the whole line as JSON, owned by the caller, NULL at the end;
 * ret_item: the item, within it. Returns the exit status.
 */
static int read_item(struct items_file *items, json_object **ret_line, json_object **ret_item)
{
	json_object *line;
	size_t length;

	*ret_line = NULL;
	if (!fgets(items->line, LINE_SIZE, items->file))
		return ferror(items->file) ? aws_fail("%s: %s", items->path, strerror(errno)) : 0;
	items->lines++;
	length = strlen(items->line);
	if (length == 0 || items->line[length - 1] != '\n')
		return aws_fail("%s, line %zu: the line is cut off", items->path, items->lines);
	if (jsonin_object((struct slice){items->line, length}, &line) < 0)
		return aws_fail("%s, line %zu: not a JSON object", items->path, items->lines);
	if (!json_object_object_get_ex(line, "Item", ret_item) || !has_key(*ret_item, "pk") ||
	    !has_key(*ret_item, "sk")) {
		json_object_put(line);
		return aws_fail("%s, line %zu: not an item of a table of conversations",
				items->path, items->lines);
	}
	*ret_line = line;
	return 0;
}

/* Items of one BatchWriteItem. */
struct batch {
	json_object *lines[BATCH_ITEMS]; /* owned; the items are within them */
	struct request_BatchWriteItem_items_item puts[BATCH_ITEMS];
	size_t count, bytes;
};

static void empty_batch(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		json_object_put(batch->lines[i]);
	batch->count = batch->bytes = 0;
}

/* Write the items of the batch, if it has any, and empty it. Returns the exit status. */
static int send_batch(struct aws *aws, struct batch *batch)
{
	const struct dynamodb_answer *answer;
	int status = 0;

	if (batch->count > 0 &&
	    aws_send(aws,
		     REQUEST(BatchWriteItem, items, .table = slice_of(aws->config.messages_table),
			     .item = batch->puts, .item_count = batch->count),
		     &answer) < 0)
		status = aws_failed(aws);
	empty_batch(batch);
	return status;
}

/* Add an item; the batch owns `line` from now on. Sends what is there before it becomes too large.
 */
static int add_item(struct aws *aws, struct batch *batch, json_object *line, json_object *item)
{
	const char *text = json_object_to_json_string_ext(item, PLAIN_JSON);
	const struct slice put = text ? slice_of(text) : (struct slice){0};
	int status = text ? 0 : aws_fail("out of memory");

	if (status == 0 && (batch->count == BATCH_ITEMS || batch->bytes + put.len > BATCH_BYTES))
		status = send_batch(aws, batch);
	if (status != 0) {
		json_object_put(line);
		return status;
	}
	batch->lines[batch->count] = line;
	batch->puts[batch->count++].item = put;
	batch->bytes += put.len;
	return 0;
}

/*
 * Read the file from its beginning. batch: NULL to check it only, else the items are written.
 * ret_count: its items. Returns the exit status.
 */
static int read_all(struct aws *aws, struct items_file *items, struct batch *batch,
		    size_t *ret_count)
{
	json_object *line, *item;
	int status;

	rewind(items->file);
	items->lines = 0;
	while ((status = read_item(items, &line, &item)) == 0 && line) {
		if (batch)
			status = add_item(aws, batch, line, item);
		else
			json_object_put(line);
		if (status != 0)
			break;
	}
	if (status == 0 && batch)
		status = send_batch(aws, batch);
	*ret_count = items->lines;
	return status;
}

/* Whether a table has no items, or the operator agrees. Returns the exit status. */
static int check_table(struct aws *aws)
{
	const char *table = aws->config.messages_table;
	const struct dynamodb_answer *answer;

	if (aws_send(aws, REQUEST(Scan, page, .table = slice_of(table), .page_size = 1), &answer) <
	    0)
		return aws_failed(aws);
	if (answer->count > 0 &&
	    !ddb_is_confirmed(aws, table,
			      "replaces items with the same keys, and keeps the others"))
		return aws_fail("%s has items; nothing was restored", table);
	return 0;
}

static int restore(struct aws *aws, struct items_file *items)
{
	struct batch batch = {.count = 0};
	size_t count;
	int status;

	status = read_all(aws, items, NULL, &count);
	if (status == 0)
		status = ddb_make_table(aws, aws->config.messages_table);
	if (status == 0)
		status = check_table(aws);
	if (status == 0)
		status = read_all(aws, items, &batch, &count);
	empty_batch(&batch);
	if (status == 0)
		printf("%s: %zu items of %s restored\n", aws->config.messages_table, count,
		       items->path);
	return status;
}

int ddb_restore(struct aws *aws)
{
	struct items_file items = {.path = aws->arguments[0]};
	int status;

	items.file = fopen(items.path, "re");
	if (!items.file)
		return aws_fail("%s: %s", items.path, strerror(errno));
	items.line = malloc(LINE_SIZE);
	status = items.line ? restore(aws, &items) : aws_fail("out of memory");
	free(items.line);
	fclose(items.file);
	return status;
}
