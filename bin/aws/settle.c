/* settle.c - see settle.h. */
#include "settle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "command_requests.h"
#include "requests.h"
#include "store.h"

#define BATCH_MAX    50	      /* rows of one BatchGetItem, whose limit is 100 */
#define COPIES_MAX   5	      /* of a conversation that changes all the time */
#define COPIED_SLOTS 4096     /* of three hexadecimal digits */
#define SLACK_US     60000000 /* the clocks of workers may be so far behind */
#define PATH_SIZE    4096
#define LINE_SIZE    1048576
#define PLAIN_JSON   (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

struct settle {
	FILE *file; /* a line of JSON for each row and pair */
	char line[LINE_SIZE];
	/*
	 * Conversations that were copied, each in the slot of the first three digits of its random
	 * uuid: two rows and a pair lead to one copy, unless another conversation takes the slot.
	 */
	char copied[COPIED_SLOTS][UUID_SIZE];
};

/* A row, or a pair, which stands for the row of people[0]. */
struct entry {
	json_object *item; /* owned; a row as the scan has read it, NULL for a pair */
	char people[2][UUID_SIZE];
	char group[UUID_SIZE];
	bool waits; /* the row was under REQ# */
};

int settle_new(const char *path, struct settle **ret_settle)
{
	struct settle *settle = calloc(1, sizeof(*settle));
	char name[PATH_SIZE];
	int fd, status;

	if (!settle)
		return aws_fail("out of memory");
	snprintf(name, sizeof(name), "%s.rows", path);
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	settle->file = fd < 0 ? NULL : fdopen(fd, "w+");
	if (!settle->file) {
		status = aws_fail("%s: %s", name, strerror(errno));
		if (fd >= 0)
			close(fd);
		free(settle);
		return status;
	}
	unlink(name);
	*ret_settle = settle;
	return 0;
}

void settle_free(struct settle *settle)
{
	if (!settle)
		return;
	fclose(settle->file);
	free(settle);
}

/* The string attribute of an item as JSON; "" when it is missing. */
static struct slice attribute(const json_object *item, const char *name)
{
	json_object *typed;
	struct slice text;

	if (item && json_object_object_get_ex(item, name, &typed) &&
	    json_object_is_type(typed, json_type_object) && jsonin_string(typed, "S", &text) == 0)
		return text;
	return SLICE("");
}

/* Read the uuids of a row or a pair. Returns false for another item. */
static bool read_entry(json_object *item, struct entry *entry)
{
	const struct slice pk = attribute(item, "pk"), sk = attribute(item, "sk");

	entry->item = NULL;
	entry->waits = slice_begins(pk, "REQ#");
	if (store_key_uuids(pk, "PAIR#", 2, entry->people))
		return uuid_parse(attribute(item, "group_uuid"), entry->group) == 0;
	entry->item = item;
	return store_key_uuids(pk, entry->waits ? "REQ#" : "GRP#", 1, entry->people) &&
	       store_key_uuids(sk, "GROUP#", 1, &entry->group) &&
	       uuid_parse(attribute(item, "user_uuid"), entry->people[1]) == 0;
}

int settle_note(struct settle *settle, json_object *item)
{
	struct entry entry;
	const char *text;

	if (!read_entry(item, &entry))
		return 0;
	text = json_object_to_json_string_ext(item, PLAIN_JSON);
	if (!text)
		return aws_fail("out of memory");
	if (fprintf(settle->file, "%s\n", text) < 0)
		return aws_fail("the rows cannot be kept: %s", strerror(errno));
	return 0;
}

/* --- a conversation as a whole ---------------------------------------------------------------- */

/* The answer to the last request as JSON. ret_answer: owned by the caller. Returns the exit status.
 */
static int parse(struct aws *aws, const struct dynamodb_answer *answer, json_object **ret_answer)
{
	if (jsonin_object(answer->body, ret_answer) < 0)
		return aws_fail("%s: the answer is not JSON", dynamodb_operation(aws->dynamodb));
	return 0;
}

/*
 * The rows of both members, under GRP# and REQ#, as answers: {"Item":{…}}, or {} when there is no
 * row.
 */
#define ROWS 4
struct rows {
	json_object *row[ROWS]; /* owned */
};

static void free_rows(struct rows *rows)
{
	for (size_t i = 0; i < ROWS; i++) {
		json_object_put(rows->row[i]);
		rows->row[i] = NULL;
	}
}

static int get_rows(struct aws *aws, const struct entry *entry, struct rows *rows)
{
	const struct dynamodb_answer *answer;
	int status = 0;

	for (size_t i = 0; status == 0 && i < ROWS; i++) {
		if (aws_send(aws,
			     REQUEST(GetItem, row, .user = slice_of(entry->people[i % 2]),
				     .group = slice_of(entry->group), .waits = i >= 2),
			     &answer) < 0)
			return aws_failed(aws);
		status = parse(aws, answer, &rows->row[i]);
	}
	return status;
}

static int write_item(json_object *item, void *data)
{
	return itemfile_write(data, item);
}

/* Write the item of an answer, if it has one. */
static int write_answer(const json_object *answer, struct itemfile_writer *writer)
{
	json_object *item;

	return json_object_object_get_ex(answer, "Item", &item) ? itemfile_write(writer, item) : 0;
}

static int write_pair(struct aws *aws, const struct entry *entry, struct itemfile_writer *writer)
{
	const struct item_pair pair = item_pair_of(entry->people[0], entry->people[1]);
	const struct dynamodb_answer *answer;
	json_auto *found = NULL;
	int status;

	if (aws_send(aws, REQUEST(GetItem, pair, .lower = pair.lower, .higher = pair.higher),
		     &answer) < 0)
		return aws_failed(aws);
	status = parse(aws, answer, &found);
	return status == 0 ? write_answer(found, writer) : status;
}

/* Copy a conversation once. ret_same: its rows did not change in the meantime. */
static int copy_once(struct aws *aws, const struct entry *entry, struct itemfile_writer *writer,
		     bool *ret_same)
{
	struct rows before = {{NULL}}, after = {{NULL}};
	char pk[sizeof("MSG#") + UUID_SIZE];
	int status;

	snprintf(pk, sizeof(pk), "MSG#%s", entry->group);
	status = get_rows(aws, entry, &before);
	if (status == 0)
		status = ddb_each_item(aws, aws->config.messages_table, pk, write_item, writer);
	if (status == 0)
		status = write_pair(aws, entry, writer);
	if (status == 0)
		status = get_rows(aws, entry, &after);
	for (size_t i = 0; status == 0 && i < ROWS; i++)
		status = write_answer(after.row[i], writer);
	*ret_same = true;
	for (size_t i = 0; status == 0 && i < ROWS; i++)
		*ret_same = *ret_same && json_object_equal(before.row[i], after.row[i]);
	free_rows(&before);
	free_rows(&after);
	return status;
}

static int copy(struct aws *aws, struct settle *settle, const struct entry *entry,
		struct itemfile_writer *writer, struct settled *settled)
{
	const struct slice digits = {entry->group, 3};
	uint64_t number = 0;
	bool same = false;
	int status = 0;

	if (!slice_number(digits, 16, COPIED_SLOTS - 1, &number) ||
	    strcmp(settle->copied[number], entry->group) == 0)
		return 0;
	memcpy(settle->copied[number], entry->group, UUID_SIZE);
	for (int i = 0; status == 0 && !same && i < COPIES_MAX; i++)
		status = copy_once(aws, entry, writer, &same);
	settled->again++;
	if (!same)
		settled->restless++;
	return status;
}

/*
 * A request that was accepted since the scan is in the file. Replace it with an item that has only
 * its key, which is in no list.
 */
static int write_key(const struct entry *entry, struct itemfile_writer *writer)
{
	const char *const names[] = {"pk", "sk"};
	json_auto *key = json_object_new_object();

	for (size_t i = 0; i < 2; i++) {
		const struct slice text = attribute(entry->item, names[i]);
		json_object *typed = json_object_new_object();

		json_object_object_add(typed, "S",
				       json_object_new_string_len(text.ptr, (int)text.len));
		json_object_object_add(key, names[i], typed);
	}
	return itemfile_write(writer, key);
}

/* --- the rows that have changed ------------------------------------------------------------- */

/* A batch of entries. */
struct batch {
	struct entry entries[BATCH_MAX];
	size_t count;
};

static void empty_batch(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		json_object_put(batch->entries[i].item);
	batch->count = 0;
}

/* Fill an empty batch; at the end it stays empty. Returns the exit status. */
static int read_batch(struct settle *settle, struct batch *batch)
{
	while (batch->count < BATCH_MAX && fgets(settle->line, LINE_SIZE, settle->file)) {
		struct entry *entry = &batch->entries[batch->count];
		json_object *item;

		if (jsonin_object(slice_of(settle->line), &item) < 0)
			return aws_fail("the rows that were kept cannot be read");
		if (!read_entry(item, entry) || !entry->item)
			json_object_put(item);
		batch->count++;
	}
	if (ferror(settle->file))
		return aws_fail("the rows that were kept cannot be read: %s", strerror(errno));
	return 0;
}

static bool same_row(const struct entry *one, const struct entry *other)
{
	return one->waits == other->waits && strcmp(one->people[0], other->people[0]) == 0 &&
	       strcmp(one->group, other->group) == 0;
}

/* Read the rows of the entries as they are now. ret_answer: owned by the caller. */
static int get_batch(struct aws *aws, const struct batch *batch, json_object **ret_answer)
{
	const struct entry *entries = batch->entries;
	struct request_BatchGetItem_rows_row keys[BATCH_MAX];
	const struct dynamodb_answer *answer;
	size_t n = 0;

	for (size_t i = 0; i < batch->count; i++) {
		bool twice = false;

		for (size_t j = 0; j < i; j++)
			twice = twice || same_row(&entries[i], &entries[j]);
		if (!twice)
			keys[n++] = (struct request_BatchGetItem_rows_row){
				.place = item_place(entries[i].waits),
				.user = slice_of(entries[i].people[0]),
				.group = slice_of(entries[i].group),
			};
	}
	if (aws_send(aws,
		     REQUEST(BatchGetItem, rows, .table = slice_of(aws->config.messages_table),
			     .row = keys, .row_count = n),
		     &answer) < 0)
		return aws_failed(aws);
	return parse(aws, answer, ret_answer);
}

/* The row of an entry among those of an answer; NULL when it is missing or was not read. */
static json_object *find_row(const json_object *answer, const char *table,
			     const struct entry *entry)
{
	json_object *responses, *rows;

	if (!json_object_object_get_ex(answer, "Responses", &responses) ||
	    jsonin_array(responses, table, &rows) < 0)
		return NULL;
	for (size_t i = 0; i < json_object_array_length(rows); i++) {
		json_object *row = json_object_array_get_idx(rows, i);
		struct entry found;

		if (read_entry(row, &found) && found.item && same_row(&found, entry))
			return row;
	}
	return NULL;
}

/* Whether the conversation of an entry may have changed since `since`, a time as text. */
static bool is_touched(const struct entry *entry, json_object *now, const char *since)
{
	char sent_at[CLOCK_TEXT_SIZE];

	if (!now || (entry->item && !json_object_equal(entry->item, now)))
		return true;
	return !slice_copy(attribute(now, "last_sent_at"), sent_at, sizeof(sent_at)) ||
	       strcmp(sent_at, since) >= 0;
}

static int settle_batch(struct aws *aws, struct settle *settle, const struct batch *batch,
			struct itemfile_writer *writer, const char *since, struct settled *settled)
{
	json_auto *answer = NULL;
	int status;

	status = get_batch(aws, batch, &answer);
	for (size_t i = 0; status == 0 && i < batch->count; i++) {
		const struct entry *entry = &batch->entries[i];
		json_object *now = find_row(answer, aws->config.messages_table, entry);

		if (is_touched(entry, now, since))
			status = copy(aws, settle, entry, writer, settled);
		if (status == 0 && entry->waits && !now)
			status = write_key(entry, writer);
	}
	return status;
}

int settle_run(struct aws *aws, struct settle *settle, struct itemfile_writer *writer,
	       int64_t begun_us, struct settled *ret_settled)
{
	struct batch batch = {.count = 0};
	struct settled settled = {0};
	char since[CLOCK_TEXT_SIZE];
	bool more;
	int status;

	clock_format(begun_us - SLACK_US, since);
	if (fflush(settle->file) != 0 || fseek(settle->file, 0, SEEK_SET) != 0)
		return aws_fail("the rows cannot be kept: %s", strerror(errno));
	do {
		status = read_batch(settle, &batch);
		more = batch.count > 0;
		if (status == 0 && more)
			status = settle_batch(aws, settle, &batch, writer, since, &settled);
		empty_batch(&batch);
	} while (status == 0 && more);
	if (status == 0)
		*ret_settled = settled;
	return status;
}
