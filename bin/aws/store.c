/* store.c - see store.h. */
#include "store.h"

#include <string.h>

#include "base/err.h"

/*
 * Items of one answer. A table with provisioned capacity, as the original has it (5 units a
 * second), pays for a page after it was read and is throttled for so long: small pages keep that
 * within an operator's patience.
 */
#define PAGE_ITEMS 100

/* DynamoDB's limits, and a NUL. */
#define PK_SIZE 2049
#define SK_SIZE 1025

/* Where the next page begins. */
struct place {
	char pk[PK_SIZE], sk[SK_SIZE];
};

/* False at the end. */
static bool read_place(const struct item *last_key, struct place *ret_place)
{
	struct slice pk, sk;

	return item_string(last_key, "pk", &pk) == 0 && item_string(last_key, "sk", &sk) == 0 &&
	       slice_copy(pk, ret_place->pk, sizeof(ret_place->pk)) &&
	       slice_copy(sk, ret_place->sk, sizeof(ret_place->sk));
}

int store_each(struct aws *aws, const char *table, const char *pk,
	       int (*use)(const struct item *item, void *data), void *data)
{
	const char *operation = pk ? "Query" : "Scan";
	struct place place;
	bool more = false;

	do {
		const struct dynamodb_answer *answer;
		struct jsonout *out = dynamodb_request(aws->dynamodb);

		jsonout_member_text(out, "TableName", table);
		jsonout_member_bool(out, "ConsistentRead", true);
		jsonout_member_integer(out, "Limit", PAGE_ITEMS);
		if (pk) {
			jsonout_member_text(out, "KeyConditionExpression", "pk = :pk");
			jsonout_key(out, "ExpressionAttributeValues");
			jsonout_object(out);
			item_put_format(out, ":pk", "%s", pk);
			jsonout_object_end(out);
		}
		if (more) {
			jsonout_key(out, "ExclusiveStartKey");
			jsonout_object(out);
			item_put_string(out, "pk", slice_of(place.pk));
			item_put_string(out, "sk", slice_of(place.sk));
			jsonout_object_end(out);
		}
		if (aws_send(aws, operation, &answer) < 0)
			return aws_failed(aws, operation);
		for (size_t i = 0; i < answer->count; i++) {
			int status = use(&answer->items[i], data);

			if (status != 0)
				return status;
		}
		more = read_place(&answer->last_key, &place);
	} while (more);
	return 0;
}

int store_find_pair(struct aws *aws, const char *table, const char *one, const char *other,
		    char ret_group[UUID_SIZE])
{
	const struct dynamodb_answer *answer;
	struct jsonout *out = dynamodb_request(aws->dynamodb);
	struct slice group;

	jsonout_member_text(out, "TableName", table);
	jsonout_member_bool(out, "ConsistentRead", true);
	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_pair_key(out, one, other);
	jsonout_object_end(out);
	if (aws_send(aws, "GetItem", &answer) < 0)
		return aws_failed(aws, "GetItem");
	ret_group[0] = '\0';
	if (answer->count > 0 && (item_string(&answer->items[0], "group_uuid", &group) < 0 ||
				  uuid_parse(group, ret_group) < 0))
		return aws_fail("%s: the pair of %s and %s has no group", table, one, other);
	return 0;
}

int store_put_messages(struct aws *aws, const char *table, const char *group,
		       const struct item_message *messages, size_t count)
{
	const struct dynamodb_answer *answer;
	struct jsonout *out = dynamodb_request(aws->dynamodb);

	jsonout_key(out, "RequestItems");
	jsonout_object(out);
	jsonout_key(out, table);
	jsonout_array(out);
	for (size_t i = 0; i < count; i++) {
		jsonout_object(out);
		jsonout_key(out, "PutRequest");
		jsonout_object(out);
		jsonout_key(out, "Item");
		jsonout_object(out);
		item_put_message(out, group, &messages[i]);
		jsonout_object_end(out);
		jsonout_object_end(out);
		jsonout_object_end(out);
	}
	jsonout_array_end(out);
	jsonout_object_end(out);
	if (aws_send(aws, "BatchWriteItem", &answer) < 0)
		return aws_failed(aws, "BatchWriteItem");
	return 0;
}

static void begin_put(struct jsonout *out, const char *table)
{
	jsonout_object(out);
	jsonout_key(out, "Put");
	jsonout_object(out);
	jsonout_member_text(out, "TableName", table);
	jsonout_member_text(out, "ConditionExpression", "attribute_not_exists(pk)");
	jsonout_key(out, "Item");
	jsonout_object(out);
}

static void end_put(struct jsonout *out)
{
	jsonout_object_end(out);
	jsonout_object_end(out);
	jsonout_object_end(out);
}

int store_put_conversation(struct aws *aws, const char *table, const char *group,
			   const struct person *const people[2], const struct item_message *last,
			   const int64_t unread[2])
{
	const struct dynamodb_answer *answer;
	struct jsonout *out = dynamodb_request(aws->dynamodb);

	jsonout_key(out, "TransactItems");
	jsonout_array(out);
	for (size_t i = 0; i < 2; i++) {
		begin_put(out, table);
		item_put_row(out, people[i]->uuid, group, &people[1 - i]->item, last, unread[i]);
		end_put(out);
	}
	begin_put(out, table);
	item_put_pair(out, people[0]->uuid, people[1]->uuid, group);
	end_put(out);
	jsonout_array_end(out);
	if (aws_send(aws, "TransactWriteItems", &answer) < 0)
		return aws_failed(aws, "TransactWriteItems");
	return 0;
}

int store_update_row(struct aws *aws, const char *table, const char *group, const char *user,
		     const struct item_message *last)
{
	const struct dynamodb_answer *answer;
	struct jsonout *out = dynamodb_request(aws->dynamodb);
	int r;

	jsonout_member_text(out, "TableName", table);
	jsonout_key(out, "Key");
	jsonout_object(out);
	item_put_row_key(out, user, group);
	jsonout_object_end(out);
	jsonout_member_text(
		out, "UpdateExpression",
		"SET last_message_at = :at, last_message_uuid = :uuid, message = :text");
	jsonout_member_text(out, "ConditionExpression", "last_message_at < :at");
	jsonout_key(out, "ExpressionAttributeValues");
	jsonout_object(out);
	item_put_string(out, ":at", last->created_at);
	item_put_string(out, ":uuid", last->uuid);
	item_put_string(out, ":text", last->text);
	jsonout_object_end(out);
	r = aws_send(aws, "UpdateItem", &answer);
	if (r < 0 && r != ERR_CONDITION)
		return aws_failed(aws, "UpdateItem");
	return 0;
}
