/* aws_error_test.c - error documents of AWS, with and without namespace, whole and broken. */
#include "unit.h"

#include "aws/aws_error.h"
#include "base/err.h"

static void types_lose_their_namespace(void **state)
{
	(void)state;
	assert_true(slice_is(aws_error_type(SLICE("com.amazonaws.x#ThrottlingException")),
			     "ThrottlingException"));
	assert_true(slice_is(aws_error_type(SLICE("ThrottlingException")), "ThrottlingException"));
	assert_true(slice_is(aws_error_type(SLICE("#Type")), "Type"));
	assert_true(slice_is(aws_error_type(SLICE("x#")), ""));
	assert_true(slice_is(aws_error_type(SLICE("")), ""));
	assert_int_equal(aws_error_type((struct slice){NULL, 0}).len, 0);
}

static void messages_have_two_names(void **state)
{
	(void)state;
	assert_true(aws_error_is_message(SLICE("message")));
	assert_true(aws_error_is_message(SLICE("Message")));
	assert_false(aws_error_is_message(SLICE("MESSAGE")));
	assert_false(aws_error_is_message(SLICE("")));
}

static void documents_are_read(void **state)
{
	static const struct {
		const char *body, *type, *message;
	} cases[] = {
		{"{\"__type\":\"a.b#Type\",\"message\":\"Caf\\u00e9\"}", "Type", "Caf\xC3\xA9"},
		{"{\"Message\":\"text\",\"__type\":\"Type\"}", "Type", "text"},
		{"{\"message\":\"one\",\"Message\":\"two\"}", "", "one"},
		{"{\"message\":null,\"Message\":\"two\"}", "", "two"},
		{"{\"__type\":\"Type\"}", "Type", ""},
		{"{\"__type\":1,\"message\":[]}", "", ""},
		{"{}", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct aws_error error;

		assert_int_equal(aws_error_read(slice_of(cases[i].body), &error), 0);
		assert_string_equal(error.type, cases[i].type);
		assert_string_equal(error.message, cases[i].message);
	}
}

static void long_texts_are_cut(void **state)
{
	char body[2048] = "{\"__type\":\"";
	struct aws_error error;
	size_t len = strlen(body);

	(void)state;
	memset(body + len, 't', 500);
	strcpy(body + len + 500, "\",\"message\":\"");
	len = strlen(body);
	memset(body + len, 'm', 500);
	strcpy(body + len + 500, "\"}");
	assert_int_equal(aws_error_read(slice_of(body), &error), 0);
	assert_int_equal(strlen(error.type), sizeof(error.type) - 1);
	assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
}

static void other_texts_are_no_documents(void **state)
{
	static const char *const bodies[] = {"", "[]", "\"text\"", "<html>", "{\"__type\":"};
	struct aws_error error = {.type = "old"};

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++)
		assert_int_equal(aws_error_read(slice_of(bodies[i]), &error), ERR_INVALID);
	assert_string_equal(error.type, "old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_lose_their_namespace),
		cmocka_unit_test(messages_have_two_names),
		cmocka_unit_test(documents_are_read),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(other_texts_are_no_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
