/* request_test.c - requests to DynamoDB: files with holes, and what fills them. */
#include "unit.h"

#include "aws/request.h"
#include "base/err.h"
#include "base/uuid.h"
#include "json/jsonscan.h"
#include "requests.h"

#define TABLE "messages"

/* A request must be written as this text. */
static void assert_written(struct request request, const char *want)
{
	buf_auto body = BUF_INIT(1 << 16);

	assert_int_equal(request_write(&request, TABLE, &body), 0);
	assert_string_equal(body.data, want);
}

static int write_result(struct request request, size_t max)
{
	buf_auto body = BUF_INIT(max);

	return request_write(&request, TABLE, &body);
}

static void a_file_is_written_without_spaces(void **state)
{
	(void)state;
	assert_written(REQUEST(GetItem, row, .user = SLICE("me"), .group = SLICE("ours")),
		       "{\"TableName\":\"messages\",\"ConsistentRead\":true,\"Key\":{\"pk\":"
		       "{\"S\":\"GRP#me\"},\"sk\":{\"S\":\"GROUP#ours\"}}}");
	assert_written(REQUEST(GetItem, ready),
		       "{\"TableName\":\"messages\",\"ConsistentRead\":true,\"Key\":{\"pk\":"
		       "{\"S\":\"READY\"},\"sk\":{\"S\":\"READY\"}}}");
}

static void texts_are_escaped(void **state)
{
	(void)state;
	assert_written(REQUEST(GetItem, message, .group = SLICE("a\"b\\c\n\x01"),
			       .created_at = SLICE("")),
		       "{\"TableName\":\"messages\",\"ConsistentRead\":true,\"Key\":{\"pk\":"
		       "{\"S\":\"MSG#a\\\"b\\\\c\\n\\u0001\"},\"sk\":{\"S\":\"\"}}}");
	assert_written(REQUEST(GetItem, message, .group = SLICE("\xc3\xa9"),
			       .created_at = SLICE("t")),
		       "{\"TableName\":\"messages\",\"ConsistentRead\":true,\"Key\":{\"pk\":"
		       "{\"S\":\"MSG#\xc3\xa9\"},\"sk\":{\"S\":\"t\"}}}");
}

/* The text of the hole, read back from what was written; false when it cannot be written. */
static bool comes_back(struct slice text)
{
	buf_auto body = BUF_INIT(1 << 16);
	struct request request =
		REQUEST(UpdateItem, mark_seen, .other = SLICE("o"), .group = SLICE("g"),
			.read_at = SLICE("t"), .message_uuid = text);
	struct jsonscan scan;
	struct slice key, found = {0};

	if (request_write(&request, TABLE, &body) < 0)
		return false;
	jsonscan_begin(&scan, body.data, body.len, JSONSCAN_DEPTH_MAX);
	jsonscan_object(&scan);
	while (jsonscan_member(&scan, &key)) {
		if (!slice_is(key, "ExpressionAttributeValues")) {
			jsonscan_skip(&scan);
			continue;
		}
		jsonscan_object(&scan);
		while (jsonscan_member(&scan, &key)) {
			jsonscan_object(&scan);
			jsonscan_member(&scan, &key);
			jsonscan_string(&scan, &found);
			assert_false(jsonscan_member(&scan, &key));
		}
	}
	assert_true(jsonscan_end(&scan));
	assert_true(slice_equal(found, text));
	return true;
}

static void any_text_comes_back(void **state)
{
	static const char *const pieces[] = {
		"\"", "\\", "\n",      "\x7f", "a", "\xc3\xa9", "\xf0\x9f\x8d\xa6",
		"}",  ",",  "${user}", "\x01", "/", "\xff"};
	unsigned written = 0;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		char text[64];
		size_t len = 0;

		for (uint32_t n = random_below(8); n > 0; n--) {
			const char *piece = pieces[random_below(COUNT(pieces))];

			memcpy(text + len, piece, strlen(piece));
			len += strlen(piece);
		}
		written += comes_back((struct slice){text, len});
	}
	assert_in_range(written, 1000, 1999);
}

static void parts_depend_on_what_is_given(void **state)
{
	(void)state;
	assert_written(REQUEST(Query, messages_older, .group = SLICE("g"), .limit = 21),
		       "{\"TableName\":\"messages\",\"ConsistentRead\":true,"
		       "\"ScanIndexForward\":false,\"Limit\":21,"
		       "\"ProjectionExpression\":\"sk, message_uuid, message, user_uuid, "
		       "deleted_at\",\"KeyConditionExpression\":\"pk = :pk\","
		       "\"ExpressionAttributeValues\":{\":pk\":{\"S\":\"MSG#g\"}}}");
	assert_written(REQUEST(Query, messages_older, .group = SLICE("g"), .limit = INT64_MIN,
			       .named = true, .before = SLICE("2026")),
		       "{\"TableName\":\"messages\",\"ConsistentRead\":true,"
		       "\"ScanIndexForward\":false,\"Limit\":-9223372036854775808,"
		       "\"KeyConditionExpression\":\"pk = :pk AND sk < :before\","
		       "\"ExpressionAttributeValues\":{\":before\":{\"S\":\"2026\"},"
		       "\":pk\":{\"S\":\"MSG#g\"}}}");
}

/* {"list":[{"t":"…"},{"t":"…"}],"raw":…} */
struct element {
	struct slice text;
};

struct values {
	const struct element *element;
	size_t element_count;
	struct slice raw;
};

static const struct request_part each_parts[] = {
	{"{\"list\":[", 9, REQUEST_EACH, 2, offsetof(struct values, element),
	 sizeof(struct element)},
	{"{\"t\":\"", 6, REQUEST_TEXT, 0, offsetof(struct element, text), 0},
	{"\"}", 2, REQUEST_END, 0, 0, 0},
	{"],\"raw\":", 8, REQUEST_JSON, 0, offsetof(struct values, raw), 0},
	{"}", 1, REQUEST_END, 0, 0, 0},
};
static const struct request_form each_form = {"Each", OPERATION_DYNAMODB_OTHER, each_parts, 5};

static void a_part_is_repeated_for_each_element(void **state)
{
	static const struct element elements[] = {{{"a", 1}}, {{"\"", 1}}, {{"c", 1}}};
	struct values values = {elements, 1, SLICE("{\"N\":\"1\"}")};

	(void)state;
	assert_written((struct request){&each_form, &values},
		       "{\"list\":[{\"t\":\"a\"}],\"raw\":{\"N\":\"1\"}}");
	values.element_count = 3;
	assert_written((struct request){&each_form, &values},
		       "{\"list\":[{\"t\":\"a\"},{\"t\":\"\\\"\"},{\"t\":\"c\"}],"
		       "\"raw\":{\"N\":\"1\"}}");
	values.element_count = 0;
	assert_int_equal(write_result((struct request){&each_form, &values}, 1000), ERR_INTERNAL);
}

static void a_transaction_has_a_new_token(void **state)
{
	buf_auto body = BUF_INIT(1 << 16);
	struct request request =
		REQUEST(TransactWriteItems, delete, .group = SLICE("g"), .message_uuid = SLICE("m"),
			.created_at = SLICE("c"), .deleted_at = SLICE("d"));
	char tokens[2][UUID_SIZE];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *at;

		buf_reset(&body);
		assert_int_equal(request_write(&request, TABLE, &body), 0);
		at = strstr(body.data, "{\"ClientRequestToken\":\"");
		assert_ptr_equal(at, body.data);
		assert_int_equal(uuid_parse((struct slice){at + 23, 36}, tokens[i]), 0);
		/* Of two writes one depends on `read_at`. */
		assert_null(strstr(body.data, "GRP#"));
	}
	assert_string_not_equal(tokens[0], tokens[1]);
}

static void missing_and_invalid_values_are_errors(void **state)
{
	(void)state;
	assert_int_equal(write_result(REQUEST(GetItem, row, .user = SLICE("me")), 1000),
			 ERR_INTERNAL);
	assert_int_equal(write_result(REQUEST(GetItem, row, .user = SLICE("\xff"),
					      .group = SLICE("g")),
				      1000),
			 ERR_INTERNAL);
	assert_int_equal(
		write_result(REQUEST(GetItem, row, .user = SLICE("u"), .group = SLICE("g")), 50),
		ERR_NO_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_written_without_spaces),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(any_text_comes_back),
		cmocka_unit_test(parts_depend_on_what_is_given),
		cmocka_unit_test(a_part_is_repeated_for_each_element),
		cmocka_unit_test(a_transaction_has_a_new_token),
		cmocka_unit_test(missing_and_invalid_values_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
