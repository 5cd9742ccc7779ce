/* jsonin_test.c - strict parsing of JSON objects, and typed access to their members. */
#include "unit.h"

#include <stdio.h>

#include "base/err.h"
#include "json/jsonin.h"

static void members_are_read_by_type(void **state)
{
	json_auto *object = NULL;
	json_object *array = NULL;
	struct slice text;
	int64_t integer;

	(void)state;
	assert_int_equal(jsonin_object(SLICE(" {\"s\":\"a\\u0000\\u00e9\\ud83d\\ude00\",\"i\":-42,"
					     "\"a\":[1,{\"s\":\"inner\"}],\"n\":null,\"\":\"\"} "),
				       &object),
			 0);
	assert_int_equal(jsonin_string(object, "s", &text), 0);
	assert_true(slice_equal(text, SLICE("a\0\xC3\xA9\xF0\x9F\x98\x80")));
	assert_int_equal(jsonin_string(object, "", &text), 0);
	assert_int_equal(text.len, 0);
	assert_int_equal(jsonin_integer(object, "i", &integer), 0);
	assert_int_equal(integer, -42);
	assert_int_equal(jsonin_array(object, "a", &array), 0);
	assert_int_equal(json_object_array_length(array), 2);
	assert_int_equal(jsonin_string(json_object_array_get_idx(array, 1), "s", &text), 0);
	assert_true(slice_is(text, "inner"));
}

/* json-c would read the first three as U+FFFD. */
static void each_escaped_character_is_kept(void **state)
{
	json_auto *object = NULL;
	struct slice text;

	(void)state;
	assert_int_equal(jsonin_object(SLICE("{\"s\":\"\\ud836\\ude00\\uD876\\uDC00"
					     "\\uDBF7\\uDFFF\\ud83d\\ude00\\ufffd\"}"),
				       &object),
			 0);
	assert_int_equal(jsonin_string(object, "s", &text), 0);
	assert_true(slice_is(text, "\xF0\x9D\xA8\x80\xF0\xAD\xA0\x80\xF4\x8D\xBF\xBF"
				   "\xF0\x9F\x98\x80\xEF\xBF\xBD"));
}

static void missing_and_null_members_are_not_found(void **state)
{
	json_auto *object = NULL;
	json_object *array = NULL;
	struct slice text = SLICE("untouched");
	int64_t integer = 7;

	(void)state;
	assert_int_equal(jsonin_object(SLICE("{\"n\":null}"), &object), 0);
	for (int i = 0; i < 2; i++) {
		const char *key = i == 0 ? "n" : "missing";

		assert_int_equal(jsonin_string(object, key, &text), ERR_NOT_FOUND);
		assert_int_equal(jsonin_integer(object, key, &integer), ERR_NOT_FOUND);
		assert_int_equal(jsonin_array(object, key, &array), ERR_NOT_FOUND);
	}
	assert_true(slice_is(text, "untouched"));
	assert_int_equal(integer, 7);
	assert_null(array);
}

static void nothing_is_coerced(void **state)
{
	static const struct {
		const char *text;
		bool string, integer, array;
	} cases[] = {
		{"{\"k\":\"1\"}", true, false, false}, {"{\"k\":1}", false, true, false},
		{"{\"k\":[]}", false, false, true},    {"{\"k\":{}}", false, false, false},
		{"{\"k\":true}", false, false, false}, {"{\"k\":1.0}", false, false, false},
		{"{\"k\":1e3}", false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_auto *object = NULL;
		json_object *array;
		struct slice text;
		int64_t integer;

		assert_int_equal(jsonin_object(slice_of(cases[i].text), &object), 0);
		assert_int_equal(jsonin_string(object, "k", &text),
				 cases[i].string ? 0 : ERR_INVALID);
		assert_int_equal(jsonin_integer(object, "k", &integer),
				 cases[i].integer ? 0 : ERR_INVALID);
		assert_int_equal(jsonin_array(object, "k", &array),
				 cases[i].array ? 0 : ERR_INVALID);
	}
}

static void integers_are_exact_or_invalid(void **state)
{
	static const struct {
		const char *digits;
		int result;
		int64_t value;
	} cases[] = {
		{"0", 0, 0},
		{"-0", 0, 0},
		{"9223372036854775807", 0, INT64_MAX},
		{"-9223372036854775807", 0, -INT64_MAX},
		{"9223372036854775808", ERR_INVALID, 0},
		{"18446744073709551615", ERR_INVALID, 0},
		{"18446744073709551616", ERR_INVALID, 0},
		{"1000000000000000000000000000000", ERR_INVALID, 0},
		{"-9223372036854775808", 0, INT64_MIN},
		{"-9223372036854775809", ERR_INVALID, 0},
		{"-1000000000000000000000000000000", ERR_INVALID, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_auto *object = NULL;
		char text[100];
		int64_t value = 7;

		snprintf(text, sizeof(text), "{\"k\":%s}", cases[i].digits);
		/* The body is well-formed; only the member is invalid. */
		assert_int_equal(jsonin_object(slice_of(text), &object), 0);
		assert_int_equal(jsonin_integer(object, "k", &value), cases[i].result);
		assert_int_equal(value, cases[i].result == 0 ? cases[i].value : 7);
	}
}

static void texts_that_are_not_one_json_object_are_refused(void **state)
{
	static const struct slice cases[] = {
		SLICE(""),
		SLICE(" "),
		SLICE("null"),
		SLICE("[]"),
		SLICE("[{}]"),
		SLICE("1"),
		SLICE("\"{}\""),
		SLICE("true"),
		SLICE("{"),
		SLICE("{\"a\":1"),
		SLICE("{}x"),
		SLICE("{}{}"),
		SLICE("{}\0"),
		SLICE("{\"a\":1,}"),
		SLICE("{'a':1}"),
		SLICE("{\"a\":NaN}"),
		SLICE("{\"a\":Infinity}"),
		SLICE("{\"a\":-01}"),
		SLICE("{\"a\":2.}"),
		SLICE("{\"a\":\"\t\"}"),
		SLICE("{\"a\":1/* */}"),
		SLICE("{\"a\":TRUE}"),
		SLICE("{\"a\":\"\\ud800\"}"),
		SLICE("{\"a\":\"\xC0\x80\"}"),
		SLICE("{\"a\":\"\xED\xA0\x80\"}"),
		SLICE("\xEF\xBB\xBF{}"),
		/* duplicate keys, at any depth, in any spelling */
		SLICE("{\"a\":1,\"a\":1}"),
		SLICE("{\"a\":1,\"\\u0061\":2}"),
		SLICE("{\"a\":null,\"b\":2,\"a\":null}"),
		SLICE("{\"x\":[0,{\"y\":{\"a\":1,\"a\":2}}]}"),
		SLICE("{\"a\":{\"b\":1},\"a\":{\"b\":1}}"),
		/* json-c would read these keys as "a" and "" */
		SLICE("{\"a\\u0000b\":1}"),
		SLICE("{\"o\":{\"\\u0000\":1}}"),
	};
	json_object *object = NULL;

	(void)state;
	assert_int_equal(jsonin_object((struct slice){NULL, 0}, &object), ERR_INVALID);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *copy = exact_copy(cases[i].ptr, cases[i].len);

		assert_int_equal(jsonin_object((struct slice){copy, cases[i].len}, &object),
				 ERR_INVALID);
		free(copy);
	}
	assert_null(object);
}

static void equal_keys_of_different_objects_are_accepted(void **state)
{
	json_auto *object = NULL;

	(void)state;
	assert_int_equal(jsonin_object(SLICE("{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"A\":1}"),
				       &object),
			 0);
}

static void at_most_sixteen_levels_are_accepted(void **state)
{
	(void)state;
	for (int innermost = 0; innermost < 2; innermost++) {
		for (size_t depth = 1; depth <= 1000; depth = depth < 20 ? depth + 1 : depth * 5) {
			const size_t arrays = depth - 1;
			char *text = malloc(2 * depth + 10);
			json_auto *object = NULL;
			int len;

			/* {"a":[[…[1]…]]} */
			assert_non_null(text);
			memset(text, '[', 2 * depth + 10);
			memcpy(text, "{\"a\":", 5);
			len = sprintf(text + 5 + arrays, "%s",
				      innermost == 0 && arrays > 0 ? "" : "1");
			memset(text + 5 + arrays + len, ']', arrays);
			text[5 + 2 * arrays + (size_t)len] = '}';
			assert_int_equal(jsonin_object((struct slice){text,
								      6 + 2 * arrays + (size_t)len},
						       &object),
					 depth <= JSONIN_DEPTH_MAX ? 0 : ERR_INVALID);
			free(text);
		}
	}
}

static void bytes_after_the_length_are_not_read(void **state)
{
	static const char text[] = "{\"a\":12345}}}}";
	json_auto *object = NULL;
	int64_t value;
	char *copy = exact_copy(text, 11);

	(void)state;
	assert_int_equal(jsonin_object((struct slice){copy, 11}, &object), 0);
	assert_int_equal(jsonin_integer(object, "a", &value), 0);
	assert_int_equal(value, 12345);
	/* The tree does not refer to the text. */
	memset(copy, 'x', 11);
	assert_int_equal(jsonin_integer(object, "a", &value), 0);
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_read_by_type),
		cmocka_unit_test(each_escaped_character_is_kept),
		cmocka_unit_test(missing_and_null_members_are_not_found),
		cmocka_unit_test(nothing_is_coerced),
		cmocka_unit_test(integers_are_exact_or_invalid),
		cmocka_unit_test(texts_that_are_not_one_json_object_are_refused),
		cmocka_unit_test(equal_keys_of_different_objects_are_accepted),
		cmocka_unit_test(at_most_sixteen_levels_are_accepted),
		cmocka_unit_test(bytes_after_the_length_are_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
