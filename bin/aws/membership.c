/* membership.c - see membership.h. */
#include "membership.h"

#include <stdio.h>
#include <string.h>

#include "command_requests.h"
#include "store.h"

const char *const membership_partitions[MEMBERSHIP_PARTITIONS] = {"GRP#", "REQ#"};

#define PAGE	25   /* rows of an answer, which are copied */
#define SK_SIZE 1025 /* DynamoDB's limit for sort keys, and a NUL */

/* A text of at most size - 1 bytes; "" when it is missing or longer. */
static void copy_text(const struct item *item, const char *name, char *text, size_t size)
{
	if (!slice_copy(item_string_or(item, name, SLICE("")), text, size))
		text[0] = '\0';
}

/* Returns false for an item that is no row. */
static bool read_row(const struct item *item, struct membership *ret_membership)
{
	struct membership *row = ret_membership;

	*row = (struct membership){0};
	if (!store_key_uuids(item_string_or(item, "sk", SLICE("")), "GROUP#", 1, &row->group))
		return false;
	copy_text(item, "pk", row->pk, sizeof(row->pk));
	if (uuid_parse(item_string_or(item, "user_uuid", SLICE("")), row->other) < 0)
		row->other[0] = '\0';
	copy_text(item, "last_sent_at", row->last_sent_at, sizeof(row->last_sent_at));
	copy_text(item, "read_at", row->read_at, sizeof(row->read_at));
	copy_text(item, "read_message_uuid", row->read_message_uuid,
		  sizeof(row->read_message_uuid));
	if (item_number(item, "unread_count", &row->unread_count) < 0)
		row->unread_count = 0;
	return row->pk[0] != '\0';
}

/* A page of the partition `pk` after the key `sk`, which becomes that of its last item. */
static int each_of_page(struct aws *aws, const char *pk, char sk[SK_SIZE],
			int (*use)(struct aws *aws, const struct membership *membership,
				   void *data),
			void *data, bool *ret_more)
{
	const struct dynamodb_answer *answer;
	struct membership rows[PAGE];
	size_t count = 0;
	int status = 0;

	if (aws_send(aws,
		     REQUEST(Query, page, .table = slice_of(aws->config.messages_table),
			     .pk = slice_of(pk), .page_size = PAGE,
			     .after_sk = sk[0] ? slice_of(sk) : (struct slice){0}),
		     &answer) < 0)
		return aws_failed(aws);
	for (size_t i = 0; i < answer->count && count < PAGE; i++)
		count += read_row(&answer->items[i], &rows[count]);
	*ret_more = slice_copy(item_string_or(&answer->last_key, "sk", SLICE("")), sk, SK_SIZE) &&
		    sk[0] != '\0';
	for (size_t i = 0; status == 0 && i < count; i++)
		status = use(aws, &rows[i], data);
	return status;
}

int membership_each(struct aws *aws, const char *person,
		    int (*use)(struct aws *aws, const struct membership *membership, void *data),
		    void *data)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < MEMBERSHIP_PARTITIONS; i++) {
		char pk[MEMBERSHIP_KEY_SIZE], sk[SK_SIZE] = "";
		bool more = true;

		snprintf(pk, sizeof(pk), "%s%s", membership_partitions[i], person);
		while (status == 0 && more)
			status = each_of_page(aws, pk, sk, use, data, &more);
	}
	return status;
}
