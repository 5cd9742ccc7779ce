/* store.c - see store.h. */
#include "store.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "command_requests.h"
#include "requests.h"

/*
 * STORE_PAGE_MAX: a table with provisioned capacity, as the legacy table (5 units per second),
 * is throttled after a page until the page is paid for. Small pages keep that within PATIENCE_MS.
 */
/* DynamoDB's limits for keys, and a NUL. */
#define PK_SIZE 2049
#define SK_SIZE 1025

/* The key of the last item of a page, copied, and as slices for the next request. */
struct last_key {
	char pk_text[PK_SIZE], sk_text[SK_SIZE];
	struct slice pk, sk; /* ptr NULL before the first page */
};

/* Returns false at the end. */
static bool keep_last_key(const struct item *item, struct last_key *key)
{
	if (item_string(item, "pk", &key->pk) < 0 || item_string(item, "sk", &key->sk) < 0 ||
	    !slice_copy(key->pk, key->pk_text, sizeof(key->pk_text)) ||
	    !slice_copy(key->sk, key->sk_text, sizeof(key->sk_text)))
		return false;
	key->pk.ptr = key->pk_text;
	key->sk.ptr = key->sk_text;
	return true;
}

/* The next page of a partition, or of the table when pk is NULL. Returns as aws_send. */
static int get_page(struct aws *aws, const char *table, const char *pk,
		    const struct last_key *after, const struct dynamodb_answer **ret_answer)
{
	if (pk)
		return aws_send(aws,
				REQUEST(Query, page, .table = slice_of(table), .pk = slice_of(pk),
					.page_size = STORE_PAGE_MAX, .after_sk = after->sk),
				ret_answer);
	return aws_send(aws,
			REQUEST(Scan, page, .table = slice_of(table), .page_size = STORE_PAGE_MAX,
				.after_pk = after->pk, .after_sk = after->sk),
			ret_answer);
}

/* As store_each_after, and store_each_page when `work` is not NULL. */
static int walk(struct aws *aws, const char *table, const char *pk, struct last_key *last,
		int (*use)(const struct item *item, void *data),
		int (*work)(struct aws *aws, void *data), void *data)
{
	const struct dynamodb_answer *answer;
	bool more;

	do {
		int status = 0;

		if (get_page(aws, table, pk, last, &answer) < 0)
			return aws_failed(aws);
		for (size_t i = 0; status == 0 && i < answer->count; i++)
			status = use(&answer->items[i], data);
		more = keep_last_key(&answer->last_key, last);
		if (status == 0 && work)
			status = work(aws, data);
		if (status != 0)
			return status;
	} while (more);
	return 0;
}

int store_each(struct aws *aws, const char *table, const char *pk,
	       int (*use)(const struct item *item, void *data), void *data)
{
	struct last_key last = {0};

	return walk(aws, table, pk, &last, use, NULL, data);
}

int store_each_after(struct aws *aws, const char *table, const char *pk, const char *after_sk,
		     int (*use)(const struct item *item, void *data), void *data)
{
	struct last_key last = {.sk = slice_of(after_sk)};

	return walk(aws, table, pk, &last, use, NULL, data);
}

int store_each_page(struct aws *aws, const char *table,
		    int (*use)(const struct item *item, void *data),
		    int (*work)(struct aws *aws, void *data), void *data)
{
	struct last_key last = {0};

	return walk(aws, table, NULL, &last, use, work, data);
}

bool store_key_uuids(struct slice key, const char *prefix, size_t count,
		     char ret_uuids[][UUID_SIZE])
{
	if (!slice_begins(key, prefix))
		return false;
	key = slice_from(key, strlen(prefix));
	for (size_t i = 0; i < count; i++)
		if (uuid_parse(slice_cut(&key, '#'), ret_uuids[i]) < 0)
			return false;
	return key.len == 0;
}

struct unread_count {
	const char *user;
	int64_t count;
};

static int count_unread(const struct item *item, void *data)
{
	struct unread_count *unread = data;
	struct item_message message;

	if (item_read_message(item, &message) == 0 && message.deleted_at.len == 0 &&
	    !slice_is(message.sender.uuid, unread->user))
		unread->count++;
	return 0;
}

int store_count_unread(struct aws *aws, const char *group, const char *user, const char *read_at,
		       int64_t *ret_count)
{
	struct unread_count unread = {.user = user};
	char pk[sizeof("MSG#") + UUID_SIZE];
	int status;

	snprintf(pk, sizeof(pk), "MSG#%s", group);
	status = store_each_after(aws, aws->config.messages_table, pk, read_at, count_unread,
				  &unread);
	if (status == 0)
		*ret_count = unread.count;
	return status;
}

/* Returns the exit status. ret_done: whether the row did not change while messages were counted. */
static int recount_once(struct aws *aws, const char *group, const char *user, bool *ret_done)
{
	const struct dynamodb_answer *answer;
	char read_at[CLOCK_TEXT_SIZE], last[UUID_SIZE];
	struct item_row row;
	int64_t rest;
	int status, r;

	*ret_done = true;
	if (aws_send(aws, REQUEST(GetItem, row, .user = slice_of(user), .group = slice_of(group)),
		     &answer) < 0)
		return aws_failed(aws);
	if (answer->count == 0 || item_read_row(&answer->items[0], &row) < 0 ||
	    !slice_copy(row.read_at, read_at, sizeof(read_at)) || !read_at[0] ||
	    uuid_parse(row.last_message_uuid, last) < 0)
		return 0;
	status = store_count_unread(aws, group, user, read_at, &rest);
	if (status != 0 || rest == row.unread_count)
		return status;
	r = aws_send(aws,
		     REQUEST(UpdateItem, row_unread, .user = slice_of(user),
			     .group = slice_of(group), .read_at = slice_of(read_at),
			     .last_message_uuid = slice_of(last), .unread = row.unread_count,
			     .rest = rest),
		     &answer);
	*ret_done = r != ERR_CONDITION;
	return r < 0 && r != ERR_CONDITION ? aws_failed(aws) : 0;
}

int store_recount(struct aws *aws, const char *group, const char *user)
{
	bool done = false;
	int status = 0;

	while (status == 0 && !done)
		status = recount_once(aws, group, user, &done);
	return status;
}

int store_put_places(struct aws *aws, const struct place *places, size_t count)
{
	struct request_BatchWriteItem_places_place puts[STORE_BATCH_MAX];
	const struct dynamodb_answer *answer;

	for (size_t i = 0; i < count; i++) {
		puts[i] = (struct request_BatchWriteItem_places_place){
			.group = slice_of(places[i].group),
			.message_uuid = slice_of(places[i].message),
			.created_at = places[i].created_at,
		};
	}
	if (aws_send(aws, REQUEST(BatchWriteItem, places, .place = puts, .place_count = count),
		     &answer) < 0)
		return aws_failed(aws);
	return 0;
}

int store_find_pair(struct aws *aws, const char *table, const char *one, const char *other,
		    char ret_group[UUID_SIZE])
{
	const struct item_pair pair = item_pair_of(one, other);
	const struct dynamodb_answer *answer;
	struct slice group;

	if (aws_send(aws,
		     REQUEST(GetItem, table_pair, .table = slice_of(table), .lower = pair.lower,
			     .higher = pair.higher),
		     &answer) < 0)
		return aws_failed(aws);
	ret_group[0] = '\0';
	if (answer->count > 0 && item_string(&answer->items[0], "group_uuid", &group) == 0 &&
	    uuid_parse(group, ret_group) < 0)
		return aws_fail("%s: the group of the pair of %s and %s is no uuid", table, one,
				other);
	return 0;
}

int store_put_messages(struct aws *aws, const char *table, const char *group,
		       const struct item_message *messages, size_t count)
{
	struct request_BatchWriteItem_messages_message puts[STORE_BATCH_MAX];
	const struct dynamodb_answer *answer;

	for (size_t i = 0; i < count; i++) {
		puts[i] = (struct request_BatchWriteItem_messages_message){
			.group = slice_of(group),
			.created_at = messages[i].created_at,
			.message_uuid = messages[i].uuid,
			.message = messages[i].text,
			.user = messages[i].sender.uuid,
			.user_handle = messages[i].sender.handle,
			.user_display_name = messages[i].sender.display_name,
		};
	}
	if (aws_send(aws,
		     REQUEST(BatchWriteItem, messages, .table = slice_of(table), .message = puts,
			     .message_count = count),
		     &answer) < 0)
		return aws_failed(aws);
	return 0;
}

int store_put_conversation(struct aws *aws, const char *table, const char *group,
			   const struct person *const people[2], const struct item_message *last,
			   const struct reading readings[2])
{
	const struct item_person *one = &people[0]->item;
	const struct item_person *other = &people[1]->item;
	const struct item_pair pair = item_pair_of(people[0]->uuid, people[1]->uuid);
	const struct dynamodb_answer *answer;

	if (aws_send(aws,
		     REQUEST(TransactWriteItems, conversation, .table = slice_of(table),
			     .group = slice_of(group), .lower = pair.lower, .higher = pair.higher,
			     .user = one->uuid, .user_handle = one->handle,
			     .user_display_name = one->display_name, .unread = readings[0].unread,
			     .read_at = readings[0].at, .read_message_uuid = readings[0].uuid,
			     .other = other->uuid, .other_handle = other->handle,
			     .other_display_name = other->display_name,
			     .other_unread = readings[1].unread, .other_read_at = readings[1].at,
			     .other_read_message_uuid = readings[1].uuid,
			     .created_at = last->created_at, .message_uuid = last->uuid,
			     .preview = item_preview(last->text)),
		     &answer) < 0)
		return aws_failed(aws);
	return 0;
}

int store_update_row(struct aws *aws, const char *table, const char *group, const char *user,
		     const struct item_message *last)
{
	const struct dynamodb_answer *answer;
	int r;

	r = aws_send(aws,
		     REQUEST(UpdateItem, row, .table = slice_of(table), .user = slice_of(user),
			     .group = slice_of(group), .created_at = last->created_at,
			     .message_uuid = last->uuid, .preview = item_preview(last->text)),
		     &answer);
	return r < 0 && r != ERR_CONDITION ? aws_failed(aws) : 0;
}
