/* store.c - see store.h. */
#include "store.h"

#include <string.h>

#include "base/err.h"
#include "command_requests.h"

/*
 * Items of one answer. A table with provisioned capacity, as the legacy table (5 units per second),
 * is throttled after a page until the page is paid for. Small pages keep that within PATIENCE_MS.
 */
#define PAGE_ITEMS 100

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
					.page_size = PAGE_ITEMS, .after_sk = after->sk),
				ret_answer);
	return aws_send(aws,
			REQUEST(Scan, page, .table = slice_of(table), .page_size = PAGE_ITEMS,
				.after_pk = after->pk, .after_sk = after->sk),
			ret_answer);
}

int store_each(struct aws *aws, const char *table, const char *pk,
	       int (*use)(const struct item *item, void *data), void *data)
{
	const struct dynamodb_answer *answer;
	struct last_key last = {0};

	do {
		if (get_page(aws, table, pk, &last, &answer) < 0)
			return aws_failed(aws);
		for (size_t i = 0; i < answer->count; i++) {
			int status = use(&answer->items[i], data);

			if (status != 0)
				return status;
		}
	} while (keep_last_key(&answer->last_key, &last));
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
	if (answer->count > 0 && (item_string(&answer->items[0], "group_uuid", &group) < 0 ||
				  uuid_parse(group, ret_group) < 0))
		return aws_fail("%s: the pair of %s and %s has no group", table, one, other);
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
			   const int64_t unread[2])
{
	const struct item_person *one = &people[0]->item;
	const struct item_person *other = &people[1]->item;
	const struct item_pair pair = item_pair_of(people[0]->uuid, people[1]->uuid);
	const struct dynamodb_answer *answer;

	if (aws_send(aws,
		     REQUEST(TransactWriteItems, conversation, .table = slice_of(table),
			     .group = slice_of(group), .lower = pair.lower, .higher = pair.higher,
			     .user = one->uuid, .user_handle = one->handle,
			     .user_display_name = one->display_name, .unread = unread[0],
			     .other = other->uuid, .other_handle = other->handle,
			     .other_display_name = other->display_name, .other_unread = unread[1],
			     .created_at = last->created_at, .message_uuid = last->uuid,
			     .message = last->text),
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
			     .message_uuid = last->uuid, .message = last->text),
		     &answer);
	return r < 0 && r != ERR_CONDITION ? aws_failed(aws) : 0;
}
