/* jsonout_test.c - the JSON writer: exact bytes, valid output, and round trips. */
#include "unit.h"

#include "base/err.h"
#include "json/jsonin.h"
#include "json/jsonout.h"
#include "json/jsonscan.h"

static void writes_nested_values_with_commas(void **state)
{
	buf_auto buf = BUF_INIT(1000);
	struct jsonout out;

	(void)state;
	buf_puts(&buf, "before ");
	jsonout_begin(&out, &buf);
	jsonout_object(&out);
	jsonout_member_string(&out, "s", SLICE("text"));
	jsonout_member_text(&out, "t", "\xC3\xA9");
	jsonout_member_text(&out, "none", NULL);
	jsonout_member_integer(&out, "i", -7);
	jsonout_member_bool(&out, "yes", true);
	jsonout_key(&out, "list");
	jsonout_array(&out);
	jsonout_array(&out);
	jsonout_array_end(&out);
	jsonout_object(&out);
	jsonout_object_end(&out);
	jsonout_null(&out);
	jsonout_bool(&out, false);
	jsonout_raw(&out, SLICE("{\"raw\":1}"));
	jsonout_format(&out, "%s#%d", "\"MSG\"", 5);
	jsonout_array_end(&out);
	jsonout_key(&out, "last");
	jsonout_integer(&out, 0);
	jsonout_object_end(&out);
	assert_int_equal(jsonout_end(&out), 0);
	assert_string_equal(
		buf.data, "before {\"s\":\"text\",\"t\":\"\xC3\xA9\",\"none\":null,\"i\":-7,"
			  "\"yes\":true,\"list\":[[],{},null,false,{\"raw\":1},\"\\\"MSG\\\"#5\"],"
			  "\"last\":0}");
}

static void writes_integers_of_64_bits(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
	} cases[] = {
		{0, "0"},
		{9, "9"},
		{10, "10"},
		{-1, "-1"},
		{INT64_MAX, "9223372036854775807"},
		{INT64_MIN, "-9223372036854775808"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_auto buf = BUF_INIT(100);
		struct jsonout out;

		jsonout_begin(&out, &buf);
		jsonout_integer(&out, cases[i].value);
		assert_int_equal(jsonout_end(&out), 0);
		assert_string_equal(buf.data, cases[i].text);
	}
}

/* Only the characters that RFC 8259 requires are escaped. */
static void escapes_only_required_characters(void **state)
{
	static const char *const escaped[0x80] = {
		"\\u0000", "\\u0001", "\\u0002",      "\\u0003",       "\\u0004", "\\u0005",
		"\\u0006", "\\u0007", "\\b",	      "\\t",	       "\\n",	  "\\u000b",
		"\\f",	   "\\r",     "\\u000e",      "\\u000f",       "\\u0010", "\\u0011",
		"\\u0012", "\\u0013", "\\u0014",      "\\u0015",       "\\u0016", "\\u0017",
		"\\u0018", "\\u0019", "\\u001a",      "\\u001b",       "\\u001c", "\\u001d",
		"\\u001e", "\\u001f", ['"'] = "\\\"", ['\\'] = "\\\\",
	};

	(void)state;
	for (int c = 0; c < 0x80; c++) {
		const char text[] = {'a', 'b', (char)c, 'c'};
		const char one[] = {(char)c, '\0'};
		buf_auto buf = BUF_INIT(100);
		buf_auto expected = BUF_INIT(100);
		struct jsonout out;

		buf_printf(&expected, "\"ab%sc\"", escaped[c] != NULL ? escaped[c] : one);
		jsonout_begin(&out, &buf);
		jsonout_string(&out, (struct slice){text, sizeof(text)});
		assert_int_equal(jsonout_end(&out), 0);
		assert_string_equal(buf.data, expected.data);
	}
}

static void valid_utf8_is_unchanged(void **state)
{
	buf_auto buf = BUF_INIT(100);
	struct jsonout out;

	(void)state;
	jsonout_begin(&out, &buf);
	jsonout_text(&out, "/\xC3\xA9\xE2\x80\xA8\xED\x9F\xBF\xEF\xBF\xBF\xF4\x8F\xBF\xBF\n"
			   "\xC2\x80");
	assert_int_equal(jsonout_end(&out), 0);
	assert_string_equal(
		buf.data,
		"\"/\xC3\xA9\xE2\x80\xA8\xED\x9F\xBF\xEF\xBF\xBF\xF4\x8F\xBF\xBF\\n\xC2\x80\"");
}

static void invalid_utf8_is_refused(void **state)
{
	static const struct slice cases[] = {
		SLICE("\x80"),
		SLICE("long enough to be a run \xFF"),
		SLICE("\xC0\x80"),
		SLICE("a\xC3"),
		SLICE("\xED\xA0\x80"),
		SLICE("\xE0\x80\x80"),
		SLICE("\xF4\x90\x80\x80"),
		SLICE("\n\xF0\x9F\x98"),
		SLICE("\xC3\"\xA9"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *copy = exact_copy(cases[i].ptr, cases[i].len);
		buf_auto buf = BUF_INIT(100);
		struct jsonout out;

		jsonout_begin(&out, &buf);
		jsonout_string(&out, (struct slice){copy, cases[i].len});
		assert_int_equal(jsonout_end(&out), ERR_INTERNAL);
		free(copy);
	}
}

static void wrong_nesting_is_detected(void **state)
{
	buf_auto buf = BUF_INIT(1000);
	struct jsonout out;

	(void)state;
	jsonout_begin(&out, &buf);
	jsonout_object(&out);
	assert_int_equal(jsonout_end(&out), ERR_INTERNAL);

	jsonout_begin(&out, &buf);
	jsonout_array_end(&out);
	jsonout_array(&out);
	assert_int_equal(jsonout_end(&out), ERR_INTERNAL);

	jsonout_begin(&out, &buf);
	jsonout_object(&out);
	jsonout_array_end(&out);
	assert_int_equal(jsonout_end(&out), ERR_INTERNAL);

	jsonout_begin(&out, &buf);
	jsonout_object(&out);
	jsonout_key(&out, "a");
	jsonout_array(&out);
	jsonout_object_end(&out);
	jsonout_object_end(&out);
	assert_int_equal(jsonout_end(&out), ERR_INTERNAL);

	for (int depth = JSONOUT_DEPTH_MAX; depth <= JSONOUT_DEPTH_MAX + 1; depth++) {
		jsonout_begin(&out, &buf);
		for (int i = 0; i < depth; i++)
			jsonout_array(&out);
		for (int i = 0; i < depth; i++)
			jsonout_array_end(&out);
		assert_int_equal(jsonout_end(&out), depth <= JSONOUT_DEPTH_MAX ? 0 : ERR_INTERNAL);
	}
	/* The array that was one too many is not missed at the end either. */
	jsonout_begin(&out, &buf);
	for (int i = 0; i <= JSONOUT_DEPTH_MAX; i++)
		jsonout_array(&out);
	for (int i = 0; i < JSONOUT_DEPTH_MAX; i++)
		jsonout_array_end(&out);
	assert_int_equal(jsonout_end(&out), ERR_INTERNAL);
}

static void write_sample(struct jsonout *out, struct buf *buf)
{
	jsonout_begin(out, buf);
	jsonout_object(out);
	jsonout_member_text(out, "key", "a\nb \xC3\xA9 \x01");
	jsonout_member_integer(out, "n", 12345);
	jsonout_key(out, "l");
	jsonout_array(out);
	jsonout_bool(out, true);
	jsonout_array_end(out);
	jsonout_object_end(out);
}

static void a_full_buffer_is_reported_at_any_position(void **state)
{
	buf_auto whole = BUF_INIT(1000);
	struct jsonout out;

	(void)state;
	write_sample(&out, &whole);
	assert_int_equal(jsonout_end(&out), 0);
	for (size_t max = 0; max <= whole.len; max++) {
		buf_auto buf = BUF_INIT(max);

		write_sample(&out, &buf);
		assert_int_equal(jsonout_end(&out), max < whole.len ? ERR_NO_MEMORY : 0);
		assert_true(buf.len <= max);
	}
}

static void a_formatted_string_has_a_maximum(void **state)
{
	char text[1026];
	buf_auto buf = BUF_INIT(10000);
	struct jsonout out;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[1025] = '\0';
	jsonout_begin(&out, &buf);
	jsonout_format(&out, "%s", text);
	assert_int_equal(jsonout_end(&out), ERR_INTERNAL);

	text[1024] = '\0';
	buf_reset(&buf);
	jsonout_begin(&out, &buf);
	jsonout_format(&out, "%s", text);
	assert_int_equal(jsonout_end(&out), 0);
	assert_int_equal(buf.len, 1026);
}

/* Both readers read written Unicode texts unchanged. */
static void random_texts_survive_a_round_trip(void **state)
{
	static const char *const pieces[] = {
		"a",
		"\"",
		"\\",
		"\\u0041",
		"/",
		"\b",
		"\x1F",
		"\xC3\xA9",
		"\xE2\x80\xA8",
		"\xEF\xBF\xBF",
		"\xF0\x9F\x98\x80",
		"\xC2\x9F",
		"\x7F",
		"sixteen or more plain bytes",
	};

	(void)state;
	for (int i = 0; i < 10000; i++) {
		buf_auto text = BUF_INIT(1000);
		buf_auto buf = BUF_INIT(10000);
		json_auto *object = NULL;
		struct jsonout out;
		struct jsonscan scan;
		struct slice key, value;

		for (uint32_t n = random_below(12); n > 0; n--) {
			uint32_t piece = random_below(COUNT(pieces) + 1);

			if (piece < COUNT(pieces))
				buf_puts(&text, pieces[piece]);
			else
				buf_putc(&text, '\0');
		}
		jsonout_begin(&out, &buf);
		jsonout_object(&out);
		jsonout_member_string(&out, "k", buf_slice(&text));
		jsonout_object_end(&out);
		assert_int_equal(jsonout_end(&out), 0);

		assert_int_equal(jsonin_object(buf_slice(&buf), &object), 0);
		assert_int_equal(jsonin_string(object, "k", &value), 0);
		assert_true(slice_equal(value, buf_slice(&text)));

		jsonscan_begin(&scan, buf.data, buf.len, 1);
		assert_true(jsonscan_object(&scan));
		assert_true(jsonscan_member(&scan, &key));
		assert_true(slice_is(key, "k"));
		assert_true(jsonscan_string(&scan, &value));
		assert_true(slice_equal(value, buf_slice(&text)));
		assert_false(jsonscan_member(&scan, &key));
		assert_true(jsonscan_end(&scan));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_nested_values_with_commas),
		cmocka_unit_test(writes_integers_of_64_bits),
		cmocka_unit_test(escapes_only_required_characters),
		cmocka_unit_test(valid_utf8_is_unchanged),
		cmocka_unit_test(invalid_utf8_is_refused),
		cmocka_unit_test(wrong_nesting_is_detected),
		cmocka_unit_test(a_full_buffer_is_reported_at_any_position),
		cmocka_unit_test(a_formatted_string_has_a_maximum),
		cmocka_unit_test(random_texts_survive_a_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
