/*
 * restore.c - ddb restore: the items of a file (itemfile.h) into the messages table.
 *
 * The whole file is checked before the first item is written, so a damaged file changes nothing.
 * Items are put without a condition, in the order of the file: what the file has wins, a second run
 * writes the same items again, and one that was interrupted can continue at any item before the
 * place that it had reached. A condition (only what is missing) could not do that: later lines
 * replace earlier ones.
 *
 * AWS: "BatchWriteItem".
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "command.h"
#include "command_requests.h"
#include "itemfile.h"
#include "json/jsonin.h"

#define BATCH_ITEMS    25	    /* the limit of BatchWriteItem */
#define BATCH_BYTES    (256 * 1024) /* of one request, except a larger item alone */
#define PROGRESS_ITEMS 10000	    /* after so many, a line tells where it is */
#define PLAIN_JSON     (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* Items of one BatchWriteItem. */
struct batch {
	json_object *lines[BATCH_ITEMS]; /* owned; the items are within them */
	const json_object *items[BATCH_ITEMS];
	struct request_BatchWriteItem_items_item puts[BATCH_ITEMS];
	size_t count, bytes;
	int64_t sent; /* items of all batches before it, with those that were left out */
};

static void empty_batch(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		json_object_put(batch->lines[i]);
	batch->count = batch->bytes = 0;
}

static void tell_progress(int64_t before, int64_t now)
{
	if (before / PROGRESS_ITEMS != now / PROGRESS_ITEMS) {
		printf("%" PRId64 " items are written\n", now);
		fflush(stdout);
	}
}

/* Write the items of the batch, if it has any, and empty it. Returns the exit status. */
static int send_batch(struct aws *aws, struct batch *batch)
{
	const struct dynamodb_answer *answer;
	const int64_t before = batch->sent;

	if (batch->count > 0 &&
	    aws_send(aws,
		     REQUEST(BatchWriteItem, items, .table = slice_of(aws->config.messages_table),
			     .item = batch->puts, .item_count = batch->count),
		     &answer) < 0) {
		return aws_fail("%s at %s: %s; to continue: --from %" PRId64,
				dynamodb_operation(aws->dynamodb), aws->config.dynamodb_endpoint,
				dynamodb_problem(aws->dynamodb), batch->sent);
	}
	batch->sent += (int64_t)batch->count;
	empty_batch(batch);
	tell_progress(before, batch->sent);
	return 0;
}

static bool same_member(const json_object *one, const json_object *other, const char *name)
{
	return json_object_equal(ddb_member(one, name), ddb_member(other, name));
}

/* Whether the batch has an item with the key of this one; a request must not have both. */
static bool has_key(const struct batch *batch, const json_object *item)
{
	for (size_t i = 0; i < batch->count; i++)
		if (same_member(batch->items[i], item, "pk") &&
		    same_member(batch->items[i], item, "sk"))
			return true;
	return false;
}

/* Add an item; the batch owns `line` from now on. Sends what is there before it becomes too large.
 */
static int add_item(struct aws *aws, struct batch *batch, json_object *line, json_object *item)
{
	const char *text = json_object_to_json_string_ext(item, PLAIN_JSON);
	const struct slice put = text ? slice_of(text) : (struct slice){0};
	int status = text ? 0 : aws_fail("out of memory");

	if (status == 0 && (batch->count == BATCH_ITEMS || batch->bytes + put.len > BATCH_BYTES ||
			    has_key(batch, item)))
		status = send_batch(aws, batch);
	if (status != 0) {
		json_object_put(line);
		return status;
	}
	batch->lines[batch->count] = line;
	batch->items[batch->count] = item;
	batch->puts[batch->count++].item = put;
	batch->bytes += put.len;
	return 0;
}

/*
 * Read the file from its beginning. batch: NULL to check it only, else the items after the first
 * batch->sent are written. Returns the exit status.
 */
static int read_all(struct aws *aws, struct itemfile *file, struct batch *batch)
{
	const int64_t from = batch ? batch->sent : 0;
	json_object *line, *item;
	int status;

	status = itemfile_rewind(file);
	while (status == 0) {
		status = itemfile_next(file, &line, &item);
		if (!line)
			break;
		if (batch && file->items > from)
			status = add_item(aws, batch, line, item);
		else
			json_object_put(line);
	}
	return status == 0 && batch ? send_batch(aws, batch) : status;
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

static int check_file(struct aws *aws, struct itemfile *file, int64_t from)
{
	int status = read_all(aws, file, NULL);

	if (status == 0 && !file->sealed && !aws->unsealed)
		return aws_fail("%s has no seal, so it may be incomplete; a file of an earlier "
				"release, or an export of DynamoDB, needs --unsealed",
				file->path);
	if (status == 0 && from > file->items)
		return aws_fail("%s has only %" PRId64 " items", file->path, file->items);
	return status;
}

static int restore(struct aws *aws, struct itemfile *file, int64_t from)
{
	struct batch batch = {.sent = from};
	int status;

	status = check_file(aws, file, from);
	if (status == 0)
		status = ddb_make_table(aws, aws->config.messages_table);
	if (status == 0)
		status = check_table(aws);
	if (status == 0)
		status = read_all(aws, file, &batch);
	empty_batch(&batch);
	if (status == 0)
		printf("%s: %" PRId64 " items of %s restored\n", aws->config.messages_table,
		       file->items - from, file->path);
	return status;
}

int ddb_restore(struct aws *aws)
{
	struct itemfile file;
	uint64_t from = 0;
	int status;

	if (aws->native || aws->pitr)
		return native_restore(aws);
	if (!aws->arguments[0] || aws->arguments[1])
		return aws_misused("one FILE is restored");
	if (aws->at)
		return aws_misused("--at belongs to --pitr");
	if (aws->from && !slice_number(slice_of(aws->from), 10, INT64_MAX, &from))
		return aws_misused("--from takes a number of items, not %s", aws->from);
	status = itemfile_open(&file, aws->arguments[0]);
	if (status == 0)
		status = restore(aws, &file, (int64_t)from);
	itemfile_close(&file);
	return status;
}
