/*
 * seed.c - ddb seed: writes the conversations of sql/seed-messages.json.
 *
 * The messages are written first; the rows and the pair last, in one transaction. A conversation
 * with a pair is therefore complete, and is skipped. After an interrupted run, times are counted
 * from the first message in the table, so that the same keys are written again, without duplicates.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "command_requests.h"
#include "json/jsonin.h"
#include "store.h"

#define FILE_MAX     1048576
#define MESSAGES_MAX 1000
#define SECOND_US    INT64_C(1000000)
#define HOUR_US	     (3600 * SECOND_US)

struct message {
	int64_t before_us; /* time from this message to the end of the seeded time */
	size_t sender;	   /* 0 or 1 */
	struct slice text;
	char uuid[UUID_SIZE];
	char created_at[CLOCK_TEXT_SIZE];
};

struct conversation {
	char group[UUID_SIZE];
	struct person people[2];
	struct message *messages;
	size_t count;
};

/* --- reading the file ------------------------------------------------------------------------ */

static int read_file(const char *path, json_object **ret_object)
{
	buf_auto text = BUF_INIT(FILE_MAX);
	FILE *file = fopen(path, "r");
	char *at;

	if (!file)
		return aws_fail("%s: %s", path, strerror(errno));
	at = buf_reserve(&text, FILE_MAX);
	if (at)
		text.len = fread(at, 1, FILE_MAX, file);
	fclose(file);
	if (jsonin_object(buf_slice(&text), ret_object) < 0)
		return aws_fail("%s is not a JSON object", path);
	return 0;
}

static int read_person(json_object *people, struct slice handle, struct person *ret)
{
	for (size_t i = 0; i < json_object_array_length(people); i++) {
		json_object *person = json_object_array_get_idx(people, i);
		struct slice uuid;

		if (jsonin_string(person, "handle", &ret->item.handle) < 0 ||
		    jsonin_string(person, "display_name", &ret->item.display_name) < 0 ||
		    jsonin_string(person, "uuid", &uuid) < 0 || uuid_parse(uuid, ret->uuid) < 0)
			return ERR_INVALID;
		ret->item.uuid = slice_of(ret->uuid);
		if (slice_equal(ret->item.handle, handle))
			return 0;
	}
	return ERR_NOT_FOUND;
}

static struct slice string_at(json_object *array, size_t i)
{
	json_object *value = json_object_array_get_idx(array, i);

	if (!json_object_is_type(value, json_type_string))
		return (struct slice){0};
	return (struct slice){json_object_get_string(value),
			      (size_t)json_object_get_string_len(value)};
}

/* The time between two messages of a talk: half a minute to two minutes. */
static int64_t pause_us(size_t i)
{
	return (30 + (int64_t)(i * 37 % 90)) * SECOND_US;
}

static int read_talk(json_object *talk, struct conversation *conversation)
{
	json_object *messages;
	int64_t hours, before_us;

	if (jsonin_integer(talk, "hours_ago", &hours) < 0 ||
	    jsonin_array(talk, "messages", &messages) < 0 || hours < 0 || hours > 100000)
		return ERR_INVALID;
	before_us = hours * HOUR_US;
	for (size_t i = 0; i < json_object_array_length(messages); i++) {
		json_object *pair = json_object_array_get_idx(messages, i);
		struct message *message = &conversation->messages[conversation->count];
		struct slice handle;

		if (conversation->count == MESSAGES_MAX ||
		    !json_object_is_type(pair, json_type_array))
			return ERR_INVALID;
		handle = string_at(pair, 0);
		message->text = string_at(pair, 1);
		message->sender = slice_equal(handle, conversation->people[1].item.handle);
		message->before_us = before_us;
		if (message->text.len == 0 ||
		    !slice_equal(handle, conversation->people[message->sender].item.handle) ||
		    (conversation->count > 0 && message[-1].before_us <= before_us))
			return ERR_INVALID;
		before_us -= pause_us(conversation->count);
		conversation->count++;
	}
	return 0;
}

static int read_conversation(json_object *people, json_object *object,
			     struct conversation *conversation)
{
	json_object *between, *talks;
	struct slice group;

	if (jsonin_string(object, "group", &group) < 0 ||
	    uuid_parse(group, conversation->group) < 0 ||
	    jsonin_array(object, "between", &between) < 0 ||
	    jsonin_array(object, "talks", &talks) < 0)
		return ERR_INVALID;
	for (size_t i = 0; i < 2; i++)
		if (read_person(people, string_at(between, i), &conversation->people[i]) < 0)
			return ERR_INVALID;
	for (size_t i = 0; i < json_object_array_length(talks); i++)
		if (read_talk(json_object_array_get_idx(talks, i), conversation) < 0)
			return ERR_INVALID;
	return conversation->count > 0 ? 0 : ERR_INVALID;
}

/* --- writing the items ----------------------------------------------------------------------- */

/* The end of the seeded time: now, or that of an interrupted run. */
static int find_end(struct aws *aws, const struct conversation *conversation, int64_t *ret_us)
{
	const struct dynamodb_answer *answer;
	struct slice created_at;
	int64_t first_us;

	if (aws_send(aws, REQUEST(Query, first_message, .group = slice_of(conversation->group)),
		     &answer) < 0)
		return aws_failed(aws);
	if (answer->count > 0 && item_string(&answer->items[0], "sk", &created_at) == 0 &&
	    clock_parse(created_at, &first_us) == 0)
		*ret_us = first_us + conversation->messages[0].before_us;
	else
		*ret_us = clock_now_us();
	return 0;
}

static struct item_message item_of(const struct conversation *conversation,
				   const struct message *message)
{
	return (struct item_message){
		.uuid = slice_of(message->uuid),
		.created_at = slice_of(message->created_at),
		.text = message->text,
		.sender = conversation->people[message->sender].item,
	};
}

static int write_messages(struct aws *aws, const struct conversation *conversation)
{
	struct item_message batch[STORE_BATCH_MAX];
	int status = 0;

	for (size_t from = 0; status == 0 && from < conversation->count; from += STORE_BATCH_MAX) {
		size_t n = 0;

		for (; n < STORE_BATCH_MAX && from + n < conversation->count; n++)
			batch[n] = item_of(conversation, &conversation->messages[from + n]);
		status = store_put_messages(aws, aws->config.messages_table, conversation->group,
					    batch, n);
	}
	return status;
}

/* A person has read up to the last message that they wrote. */
static struct reading reading_of(const struct conversation *conversation, size_t reader)
{
	size_t i = conversation->count;
	struct reading reading = {.at = SLICE(ITEM_NOTHING_READ)};

	while (i > 0 && conversation->messages[i - 1].sender != reader)
		i--;
	reading.unread = (int64_t)(conversation->count - i);
	if (i > 0) {
		reading.at = slice_of(conversation->messages[i - 1].created_at);
		reading.uuid = slice_of(conversation->messages[i - 1].uuid);
	}
	return reading;
}

static int write_rows(struct aws *aws, const struct conversation *conversation)
{
	const struct person *const people[] = {&conversation->people[0], &conversation->people[1]};
	const struct reading readings[] = {reading_of(conversation, 0),
					   reading_of(conversation, 1)};
	const struct item_message last =
		item_of(conversation, &conversation->messages[conversation->count - 1]);

	return store_put_conversation(aws, aws->config.messages_table, conversation->group, people,
				      &last, readings);
}

static int name_messages(struct conversation *conversation, int64_t end_us)
{
	for (size_t i = 0; i < conversation->count; i++) {
		struct message *message = &conversation->messages[i];

		clock_format(end_us - message->before_us, message->created_at);
		if (uuid_v7(end_us - message->before_us, message->uuid) < 0)
			return aws_fail("no randomness");
	}
	return 0;
}

static int write_conversation(struct aws *aws, struct conversation *conversation)
{
	const struct item_person *one = &conversation->people[0].item;
	const struct item_person *other = &conversation->people[1].item;
	char found[UUID_SIZE];
	int64_t end_us = 0;
	int status;

	status = store_find_pair(aws, aws->config.messages_table, conversation->people[0].uuid,
				 conversation->people[1].uuid, found);
	if (status == 0 && !found[0]) {
		status = find_end(aws, conversation, &end_us);
		if (status == 0)
			status = name_messages(conversation, end_us);
		if (status == 0)
			status = write_messages(aws, conversation);
		if (status == 0)
			status = write_rows(aws, conversation);
	}
	if (status == 0)
		printf("%.*s and %.*s: %s\n", (int)one->handle.len, one->handle.ptr,
		       (int)other->handle.len, other->handle.ptr, found[0] ? "exists" : "written");
	return status;
}

int ddb_seed(struct aws *aws)
{
	json_auto *file = NULL;
	json_object *people, *conversations;
	struct conversation conversation;
	struct message *messages;
	int status;

	status = read_file(aws->arguments[0], &file);
	if (status != 0)
		return status;
	if (jsonin_array(file, "people", &people) < 0 ||
	    jsonin_array(file, "conversations", &conversations) < 0)
		return aws_fail("%s has no people or no conversations", aws->arguments[0]);
	messages = calloc(MESSAGES_MAX, sizeof(*messages));
	if (!messages)
		return aws_fail("out of memory");
	for (size_t i = 0; status == 0 && i < json_object_array_length(conversations); i++) {
		conversation = (struct conversation){.messages = messages};
		if (read_conversation(people, json_object_array_get_idx(conversations, i),
				      &conversation) < 0)
			status = aws_fail("%s: conversation %zu is not well-formed",
					  aws->arguments[0], i + 1);
		else
			status = write_conversation(aws, &conversation);
	}
	free(messages);
	return status;
}
