/* dynamodb.c - any answer of DynamoDB is read completely or refused. */
#include "answer.h"

#include "aws/dynamodb.h"
#include "base/text.h"
#include "domain/conversation_item.h"

/* Every returned text is UTF-8. */
static void check_text(struct slice text)
{
	uint32_t character;
	size_t n;

	for (; text.len > 0; text.ptr += n, text.len -= n) {
		n = text_char(text.ptr, text.len, &character);
		ALWAYS(n > 0);
	}
}

static void check_item(const struct item *item)
{
	ALWAYS(item->count <= ITEM_ATTRIBUTES_MAX);
	for (size_t i = 0; i < item->count; i++) {
		check_text(item->attributes[i].name);
		check_text(item->attributes[i].value);
	}
}

static void check_answer(const struct dynamodb_answer *answer)
{
	check_item(&answer->last_key);
	check_item(&answer->attributes);
	for (size_t i = 0; i < answer->count; i++) {
		const struct item *item = &answer->items[i];
		struct item_message message;
		struct item_row row;
		int64_t number;

		check_item(item);
		(void)item_read_message(item, &message);
		(void)item_read_row(item, &row);
		(void)item_number(item, "unread_count", &number);
	}
	ALWAYS(answer->reasons_count <= DYNAMODB_TRANSACTION_MAX);
	for (size_t i = 0; i < answer->reasons_count; i++)
		check_item(&answer->reasons[i].item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config config = {.region = "ca-central-1",
					     .dynamodb_endpoint = "http://127.0.0.1:1"};
	static const struct request_part body[] = {{.text = "{}", .len = 2}};
	static const struct request_form forms[] = {
		{"Query", OPERATION_QUERY, body, 1},
		{"TransactWriteItems", OPERATION_TRANSACT_WRITE_ITEMS, body, 1},
		{"BatchWriteItem", OPERATION_DYNAMODB_OTHER, body, 1},
	};

	setenv("AWS_ACCESS_KEY_ID", "local", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "local", 1);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct dynamodb *dynamodb = dynamodb_new(&config, &answer_budget);
		const struct dynamodb_answer *answer;
		int r;

		ALWAYS(dynamodb);
		answer_begin(data, size);
		r = dynamodb_send(dynamodb, (struct request){&forms[i], ""}, &answer);
		ALWAYS(r == 0 || r == ERR_CONDITION || r == ERR_UNAVAILABLE || r == ERR_INTERNAL ||
		       r == ERR_OVERLOADED);
		if (r == 0 || r == ERR_CONDITION)
			check_answer(answer);
		else
			ALWAYS(*dynamodb_problem(dynamodb));
		for (const char *at = dynamodb_problem(dynamodb); *at; at++)
			ALWAYS(*at >= ' ' && *at <= '~');
		dynamodb_free(dynamodb);
	}
	return 0;
}
