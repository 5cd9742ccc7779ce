/* jsonscan_test.c - the strict scanner accepts only JSON, and reads it correctly. */
#include "unit.h"

#include <json-c/json.h>
#include <regex.h>
#include <stdio.h>

#include "base/text.h"
#include "json/jsonscan.h"

#define DEPTH 8

/* Read a value of any type piece by piece, as a caller would. */
static void walk(struct jsonscan *scan)
{
	struct slice text;

	switch (jsonscan_peek(scan)) {
	case JSONSCAN_OBJECT:
		jsonscan_object(scan);
		while (jsonscan_member(scan, &text))
			walk(scan);
		break;
	case JSONSCAN_ARRAY:
		jsonscan_array(scan);
		while (jsonscan_element(scan))
			walk(scan);
		break;
	case JSONSCAN_STRING:
		jsonscan_string(scan, &text);
		break;
	case JSONSCAN_NUMBER:
		jsonscan_number(scan, &text);
		break;
	default:
		jsonscan_skip(scan);
	}
}

/* Whether `text` is accepted: skipping and walking agree, and skipping does not change it. */
static bool accepts(struct slice text)
{
	char *copy = exact_copy(text.ptr, text.len);
	struct jsonscan scan;
	bool skipped, walked;

	jsonscan_begin(&scan, copy, text.len, DEPTH);
	jsonscan_skip(&scan);
	skipped = jsonscan_end(&scan);
	assert_true(slice_equal(text, (struct slice){copy, text.len}));

	jsonscan_begin(&scan, copy, text.len, DEPTH);
	walk(&scan);
	walked = jsonscan_end(&scan);
	assert_int_equal(skipped, walked);
	free(copy);
	return skipped;
}

static void reads_an_answer_of_dynamodb(void **state)
{
	char text[] = "{\"Count\":2, \"Items\":[{\"sk\":{\"S\":\"a\\u00e9\\n\"}},"
		      "\t{\"n\":{\"N\":\"7\"} , \"more\":{\"L\":[{\"S\":\"x\\ty\"},{}]}}\r\n],"
		      "\"ScannedCount\":-12,\"Last\":null}";
	struct jsonscan scan;
	struct slice key, value = {0};
	int64_t count = 0, scanned = 0;
	int items = 0;

	(void)state;
	jsonscan_begin(&scan, text, strlen(text), 16);
	assert_true(jsonscan_object(&scan));
	while (jsonscan_member(&scan, &key)) {
		if (slice_is(key, "Count")) {
			assert_true(jsonscan_integer(&scan, &count));
		} else if (slice_is(key, "ScannedCount")) {
			assert_true(jsonscan_integer(&scan, &scanned));
		} else if (slice_is(key, "Items")) {
			assert_true(jsonscan_array(&scan));
			while (jsonscan_element(&scan)) {
				items++;
				assert_true(jsonscan_object(&scan));
				while (jsonscan_member(&scan, &key)) {
					if (slice_is(key, "sk")) {
						assert_true(jsonscan_object(&scan));
						assert_true(jsonscan_member(&scan, &key));
						assert_true(slice_is(key, "S"));
						assert_true(jsonscan_string(&scan, &value));
						assert_false(jsonscan_member(&scan, &key));
					} else {
						assert_true(jsonscan_skip(&scan));
					}
				}
			}
		} else {
			assert_int_equal(jsonscan_peek(&scan), JSONSCAN_NULL);
			assert_true(jsonscan_skip(&scan));
		}
	}
	assert_true(jsonscan_end(&scan));
	assert_int_equal(count, 2);
	assert_int_equal(scanned, -12);
	assert_int_equal(items, 2);
	assert_true(slice_is(value, "a\xC3\xA9\n"));
	assert_int_equal(scan.members, 11);
}

static void accepts_json(void **state)
{
	static const struct slice cases[] = {
		SLICE("{}"),
		SLICE(" \t\r\n[] \t\r\n"),
		SLICE("true"),
		SLICE(" false "),
		SLICE("null"),
		SLICE("\"\""),
		SLICE("0"),
		SLICE("[1,2 , 3]"),
		SLICE("{\"a\":1,\"a\":{}}"),
		SLICE("{\"\":[[],{},\"\"]}"),
		SLICE("[[[[[[[[]]]]]]]]"),
		SLICE("\"\x7F\""),
		SLICE("\"/\\/\""),
		SLICE("\"\xE2\x80\xA8\xEF\xBF\xBF\xEE\x80\x80\xED\x9F\xBF\""),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_true(accepts(cases[i]));
}

static void refuses_everything_else(void **state)
{
	static const struct slice cases[] = {
		SLICE(""),
		SLICE(" "),
		SLICE("{"),
		SLICE("}"),
		SLICE("[}"),
		SLICE("{]"),
		SLICE("[1}"),
		SLICE("{\"a\":1]"),
		SLICE("[,]"),
		SLICE("[1,]"),
		SLICE("[,1]"),
		SLICE("[1 2]"),
		SLICE("[1,,2]"),
		SLICE("{,}"),
		SLICE("{\"a\"}"),
		SLICE("{\"a\":}"),
		SLICE("{\"a\":1,}"),
		SLICE("{\"a\" 1}"),
		SLICE("{\"a\":1 \"b\":2}"),
		SLICE("{\"a\":1:2}"),
		SLICE("{a:1}"),
		SLICE("{1:1}"),
		SLICE("{'a':1}"),
		SLICE("['a']"),
		SLICE("1 2"),
		SLICE("{}{}"),
		SLICE("{} x"),
		SLICE("{}\0"),
		SLICE("\0{}"),
		SLICE("[1]//"),
		SLICE("/* */[1]"),
		SLICE("\xEF\xBB\xBF{}"),
		SLICE("\v1"),
		SLICE("\f1"),
		SLICE("\xC2\xA0"
		      "1"),
		SLICE("tru"),
		SLICE("truE"),
		SLICE("True"),
		SLICE("truex"),
		SLICE("nul"),
		SLICE("falsE"),
		SLICE("NaN"),
		SLICE("nan"),
		SLICE("Infinity"),
		SLICE("-Infinity"),
		SLICE("undefined"),
		/* strings */
		SLICE("\""),
		SLICE("\"a"),
		SLICE("\"\\\""),
		SLICE("\"\\"),
		SLICE("\"\\x41\""),
		SLICE("\"\\a\""),
		SLICE("\"\\0\""),
		SLICE("\"\\\0\""),
		SLICE("\"\\u\""),
		SLICE("\"\\u123\""),
		SLICE("\"\\u12g4\""),
		SLICE("\"\\u 123\""),
		SLICE("\"\\U0041\""),
		SLICE("\"a\tb\""),
		SLICE("\"a\nb\""),
		SLICE("\"a\0b\""),
		SLICE("\"\x1F\""),
		/* surrogates: lone, in the wrong order, truncated */
		SLICE("\"\\ud800\""),
		SLICE("\"\\udbff\""),
		SLICE("\"\\udc00\""),
		SLICE("\"\\udfff\""),
		SLICE("\"\\ud83dx\""),
		SLICE("\"\\ud83d\\n\""),
		SLICE("\"\\ud83d\\u0041\""),
		SLICE("\"\\ud83d\\ud83d\""),
		SLICE("\"\\ude00\\ud83d\""),
		SLICE("\"\\ud83d\\ude0\""),
		SLICE("\"\\ud83d\\"),
		SLICE("\"\\ud83d\\u"),
		SLICE("\"\\ud83d\\ude00"),
		SLICE("\"\\ud83d\\uded\\ud83d\""),
		/* UTF-8: stray bytes, overlong, surrogates, too large, truncated */
		SLICE("\"\x80\""),
		SLICE("\"\xBF\""),
		SLICE("\"\xC0\x80\""),
		SLICE("\"\xC1\xBF\""),
		SLICE("\"\xC2\""),
		SLICE("\"\xC3\x28\""),
		SLICE("\"\xE0\x80\xAF\""),
		SLICE("\"\xE0\x9F\xBF\""),
		SLICE("\"\xE2\x82\""),
		SLICE("\"\xED\xA0\x80\""),
		SLICE("\"\xED\xBF\xBF\""),
		SLICE("\"\xF0\x80\x80\xAF\""),
		SLICE("\"\xF0\x8F\xBF\xBF\""),
		SLICE("\"\xF0\x9F\x98\""),
		SLICE("\"\xF4\x90\x80\x80\""),
		SLICE("\"\xF5\x80\x80\x80\""),
		SLICE("\"\xFE\""),
		SLICE("\"\xFF\""),
		SLICE("{\"\xFF\":1}"),
		SLICE("\xC3\xA9"),
		/* nine levels */
		SLICE("[[[[[[[[[]]]]]]]]]"),
		SLICE("{\"a\":[[[[[[[[]]]]]]]]}"),
		SLICE("[[[[[[[[{}]]]]]]]]"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (accepts(cases[i]))
			fail_msg("accepted: %.*s", (int)cases[i].len, cases[i].ptr);
}

/* Generate each text of up to `max` of these characters. Returns false after the last one. */
static bool next_text(char *text, size_t max, const char *characters)
{
	for (size_t i = 0; i < max; i++) {
		const char *at = text[i] == '\0' ? characters - 1 : strchr(characters, text[i]);

		if (at[1] != '\0') {
			text[i] = at[1];
			return true;
		}
		text[i] = characters[0];
	}
	return false;
}

static void accepts_exactly_the_numbers_of_the_grammar(void **state)
{
	char text[6 + 1] = "";
	regex_t grammar;
	size_t accepted_count = 0;

	(void)state;
	assert_int_equal(regcomp(&grammar, "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$",
				 REG_EXTENDED | REG_NOSUB),
			 0);
	while (next_text(text, 6, "-+.eE07")) {
		bool valid = regexec(&grammar, text, 0, NULL, 0) == 0;

		accepted_count += valid;
		if (accepts(slice_of(text)) != valid)
			fail_msg("wrong about %s", text);
	}
	assert_true(accepted_count > 1000);
	regfree(&grammar);
}

static bool json_c_accepts(struct slice text)
{
	json_tokener *tokener = json_tokener_new_ex(DEPTH + 1);
	json_object *object;
	bool accepted;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* With the NUL: json-c would wait for more digits of a number at the end. */
	object = json_tokener_parse_ex(tokener, text.ptr, (int)text.len + 1);
	accepted = json_tokener_get_error(tokener) == json_tokener_success;
	json_object_put(object);
	json_tokener_free(tokener);
	return accepted;
}

static void short_texts_are_accepted_as_by_json_c(void **state)
{
	char text[6 + 1] = "";
	size_t accepted_count = 0;

	(void)state;
	while (next_text(text, 6, "[]{},:\"0")) {
		bool accepted = accepts(slice_of(text));

		accepted_count += accepted;
		/* json-c accepts 00 as a number. */
		if (accepted != json_c_accepts(slice_of(text)) && strstr(text, "00") == NULL)
			fail_msg("json-c disagrees: %s", text);
	}
	assert_true(accepted_count > 100);
}

static void integers_have_64_bits(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"-1", true, -1},
		{"1234567890123", true, INT64_C(1234567890123)},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"18446744073709551616", false, 0},
		{"99999999999999999999999999", false, 0},
		{"1.0", false, 0},
		{"1e3", false, 0},
		{"\"1\"", false, 0},
		{"true", false, 0},
		{"-", false, 0},
		{"", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text = exact_copy(cases[i].text, strlen(cases[i].text));
		struct jsonscan scan;
		int64_t value = 7;

		jsonscan_begin(&scan, text, strlen(cases[i].text), DEPTH);
		assert_int_equal(jsonscan_integer(&scan, &value), cases[i].ok);
		assert_int_equal(value, cases[i].ok ? cases[i].value : 7);
		assert_int_equal(jsonscan_end(&scan), cases[i].ok);
		free(text);
	}
}

static void escapes_become_characters(void **state)
{
	static const struct {
		struct slice text, value;
	} cases[] = {
		{SLICE("\"\""), SLICE("")},
		{SLICE("\"plain\""), SLICE("plain")},
		{SLICE("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), SLICE("\"\\/\b\f\n\r\t")},
		{SLICE("\"a\\u0000b\""), SLICE("a\0b")},
		{SLICE("\"\\u0041\\u00E9\\u20aC\""), SLICE("A\xC3\xA9\xE2\x82\xAC")},
		{SLICE("\"\\u007F\\u0080\\u07FF\\u0800\""),
		 SLICE("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80")},
		{SLICE("\"\\ud83d\\ude00\\uDBFF\\uDFFF\""),
		 SLICE("\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF")},
		{SLICE("\"\\uD800\\uDC00\\uFFFF\\uE000\\uD7FF\""),
		 SLICE("\xF0\x90\x80\x80\xEF\xBF\xBF\xEE\x80\x80\xED\x9F\xBF")},
		{SLICE("\"before \\n between \\u00e9 after it all\""),
		 SLICE("before \n between \xC3\xA9 after it all")},
		{SLICE("\"\xC3\xA9\\\\\xF0\x9F\x98\x80\\\\\""),
		 SLICE("\xC3\xA9\\\xF0\x9F\x98\x80\\")},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text = exact_copy(cases[i].text.ptr, cases[i].text.len);
		struct jsonscan scan;
		struct slice value;

		jsonscan_begin(&scan, text, cases[i].text.len, DEPTH);
		assert_true(jsonscan_string(&scan, &value));
		assert_true(slice_equal(value, cases[i].value));
		assert_true(jsonscan_end(&scan));
		free(text);
	}
}

static void earlier_strings_stay_valid(void **state)
{
	char text[] = "{\"k\\u0065y\":\"v\\u00e4lue\",\"l\\n\":\"last\"}";
	struct slice keys[2], values[2];
	struct jsonscan scan;

	(void)state;
	jsonscan_begin(&scan, text, strlen(text), DEPTH);
	jsonscan_object(&scan);
	for (int i = 0; i < 2; i++) {
		assert_true(jsonscan_member(&scan, &keys[i]));
		assert_true(jsonscan_string(&scan, &values[i]));
	}
	assert_false(jsonscan_member(&scan, &keys[0]));
	assert_true(jsonscan_end(&scan));
	assert_true(slice_is(keys[0], "key"));
	assert_true(slice_is(values[0], "v\xC3\xA4lue"));
	assert_true(slice_is(keys[1], "l\n"));
	assert_true(slice_is(values[1], "last"));
}

static void nesting_is_limited_to_the_maximum(void **state)
{
	char text[200];

	(void)state;
	for (unsigned max = 0; max <= JSONSCAN_DEPTH_MAX + 1; max++) {
		for (unsigned depth = 1; depth <= JSONSCAN_DEPTH_MAX + 2; depth++) {
			struct jsonscan scan;
			bool fits = depth <= max && depth <= JSONSCAN_DEPTH_MAX;

			memset(text, '[', depth);
			memset(text + depth, ']', depth);
			jsonscan_begin(&scan, text, 2 * depth, max);
			assert_int_equal(jsonscan_skip(&scan), fits);
			assert_int_equal(jsonscan_end(&scan), fits);
		}
	}
}

static void every_level_may_be_an_object_or_an_array(void **state)
{
	char text[8 * JSONSCAN_DEPTH_MAX];

	(void)state;
	for (unsigned odd = 0; odd < 2; odd++) {
		struct jsonscan scan;
		size_t len = 0;

		for (unsigned i = 0; i < JSONSCAN_DEPTH_MAX; i++)
			len += (size_t)sprintf(text + len, i % 2 == odd ? "{\"a\":" : "[1,");
		text[len++] = '2';
		for (unsigned i = JSONSCAN_DEPTH_MAX; i-- > 0;)
			text[len++] = i % 2 == odd ? '}' : ']';
		jsonscan_begin(&scan, text, len, JSONSCAN_DEPTH_MAX);
		assert_true(jsonscan_skip(&scan));
		assert_true(jsonscan_end(&scan));
	}
}

static void a_wrong_type_fails_permanently(void **state)
{
	char text[] = "[1,{\"a\":2}]";
	struct slice value = SLICE("untouched");
	struct jsonscan scan;
	int64_t integer = 7;

	(void)state;
	jsonscan_begin(&scan, text, strlen(text), DEPTH);
	assert_false(jsonscan_object(&scan));
	assert_false(jsonscan_array(&scan));

	jsonscan_begin(&scan, text, strlen(text), DEPTH);
	assert_true(jsonscan_array(&scan));
	assert_false(jsonscan_member(&scan, &value));
	assert_true(scan.failed);

	jsonscan_begin(&scan, text + 3, strlen(text) - 4, DEPTH);
	assert_true(jsonscan_object(&scan));
	assert_false(jsonscan_element(&scan));
	assert_true(scan.failed);

	jsonscan_begin(&scan, text, strlen(text), DEPTH);
	assert_true(jsonscan_array(&scan));
	assert_true(jsonscan_element(&scan));
	assert_false(jsonscan_string(&scan, &value));
	assert_false(jsonscan_integer(&scan, &integer));
	assert_false(jsonscan_number(&scan, &value));
	assert_false(jsonscan_skip(&scan));
	assert_false(jsonscan_element(&scan));
	assert_false(jsonscan_array(&scan));
	assert_int_equal(jsonscan_peek(&scan), JSONSCAN_NONE);
	assert_false(jsonscan_end(&scan));
	assert_true(slice_is(value, "untouched"));
	assert_int_equal(integer, 7);
}

static void an_unfinished_value_is_not_the_end(void **state)
{
	char text[] = "[1,2] ";
	struct jsonscan scan;
	int64_t value;

	(void)state;
	jsonscan_begin(&scan, text, strlen(text), DEPTH);
	assert_false(jsonscan_end(&scan));
	jsonscan_array(&scan);
	for (int i = 0; i < 2; i++) {
		assert_true(jsonscan_element(&scan));
		assert_true(jsonscan_integer(&scan, &value));
		assert_false(jsonscan_end(&scan));
	}
	assert_false(jsonscan_element(&scan));
	assert_true(jsonscan_end(&scan));

	/* The text ends before the array. */
	jsonscan_begin(&scan, text, strlen("[1"), DEPTH);
	jsonscan_array(&scan);
	assert_true(jsonscan_element(&scan));
	assert_true(jsonscan_integer(&scan, &value));
	assert_false(jsonscan_end(&scan));
}

static void a_skipped_value_is_unchanged(void **state)
{
	char text[] = "{\"a\": {\"L\":[\"\\u0041\\n\", {\"\\u0042\":null}]} ,\"b\":1}";
	struct jsonscan scan;
	struct slice key;
	char *from;

	(void)state;
	jsonscan_begin(&scan, text, strlen(text), DEPTH);
	jsonscan_object(&scan);
	jsonscan_member(&scan, &key);
	jsonscan_peek(&scan);
	from = scan.at;
	assert_true(jsonscan_skip(&scan));
	assert_true(slice_is((struct slice){from, (size_t)(scan.at - from)},
			     "{\"L\":[\"\\u0041\\n\", {\"\\u0042\":null}]}"));
	assert_true(jsonscan_member(&scan, &key));
	assert_true(slice_is(key, "b"));
}

/* A valid text with values of every type. */
static const char everything[] =
	" {\"first\": [1, -2.5e+3, 0, \"x\\u00e9\\ud83d\\ude00\\n\xC3\xA9\xF0\x9F\x98\x80\"], "
	"\"2nd\\t\":{\"cat\":null,\"dog\":true,\"emu\":{}},\t\"third\":[false,[],[[\"\"]]],"
	"\r\n\"last\":1e2}";

static void every_truncated_text_is_refused(void **state)
{
	(void)state;
	assert_true(accepts(SLICE(everything)));
	for (size_t len = 0; len < sizeof(everything) - 1; len++)
		assert_false(accepts((struct slice){everything, len}));
}

/* json-c 0.16 reads an escape as U+FFFD if its last 16 bits look like a surrogate. */
static bool json_c_errs(struct slice text)
{
	uint32_t c;

	for (size_t n; (n = text_char(text.ptr, text.len, &c)) > 0; text.len -= n, text.ptr += n)
		if ((c & 0xF800) == 0xD800)
			return true;
	return false;
}

/* Read the next value and compare it with json-c's. There must be no duplicate keys. */
static void assert_same(struct jsonscan *scan, json_object *tree)
{
	enum jsonscan_type type = jsonscan_peek(scan);
	char text_z[200];
	struct slice text;
	json_object *member;
	size_t count = 0;

	switch (type) {
	case JSONSCAN_OBJECT:
		assert_int_equal(json_object_get_type(tree), json_type_object);
		assert_true(jsonscan_object(scan));
		while (jsonscan_member(scan, &text)) {
			assert_true(text.len < sizeof(text_z));
			memcpy(text_z, text.ptr, text.len);
			text_z[text.len] = '\0';
			assert_true(json_object_object_get_ex(tree, text_z, &member));
			assert_same(scan, member);
			count++;
		}
		assert_int_equal(count, json_object_object_length(tree));
		break;
	case JSONSCAN_ARRAY:
		assert_int_equal(json_object_get_type(tree), json_type_array);
		assert_true(jsonscan_array(scan));
		while (jsonscan_element(scan))
			assert_same(scan, json_object_array_get_idx(tree, count++));
		assert_int_equal(count, json_object_array_length(tree));
		break;
	case JSONSCAN_STRING:
		assert_int_equal(json_object_get_type(tree), json_type_string);
		assert_true(jsonscan_string(scan, &text));
		member = json_object_new_string_len(text.ptr, (int)text.len);
		assert_true(json_c_errs(text) || json_object_equal(member, tree));
		json_object_put(member);
		break;
	case JSONSCAN_NUMBER:
		assert_true(jsonscan_number(scan, &text));
		assert_true(text.len < sizeof(text_z));
		memcpy(text_z, text.ptr, text.len);
		text_z[text.len] = '\0';
		assert_true(json_object_get_double(tree) == strtod(text_z, NULL));
		break;
	case JSONSCAN_TRUE:
	case JSONSCAN_FALSE:
		assert_int_equal(json_object_get_type(tree), json_type_boolean);
		assert_int_equal(json_object_get_boolean(tree), type == JSONSCAN_TRUE);
		assert_true(jsonscan_skip(scan));
		break;
	case JSONSCAN_NULL:
		assert_null(tree);
		assert_true(jsonscan_skip(scan));
		break;
	case JSONSCAN_NONE:
		fail_msg("jsonscan refuses a value that json-c accepts");
	}
}

/* Whether jsonscan accepts `text`; if so, json-c must read the same values. */
static bool means_the_same_to_json_c(struct slice text)
{
	struct jsonscan scan;
	json_object *tree;
	char *copy;

	if (!accepts(text))
		return false;
	copy = exact_copy(text.ptr, text.len + 1);
	tree = json_tokener_parse(copy);
	jsonscan_begin(&scan, copy, text.len, DEPTH);
	assert_same(&scan, tree);
	assert_true(jsonscan_end(&scan));
	free(copy);
	json_object_put(tree);
	return true;
}

static void modified_texts_are_read_as_by_json_c(void **state)
{
	static const char bytes[] = "[]{},:\"\\/ntu0123456789abcdefDE+-. \n\t\x01\x7F\x80\xC3\xFF";
	size_t accepted_count = 0;

	(void)state;
	for (int i = 0; i < 30000; i++) {
		char text[sizeof(everything) + 1];
		size_t len = sizeof(everything) - 1;
		/* A single change cannot create duplicate keys. */
		size_t at = random_below((uint32_t)len);
		char c = bytes[random_below(sizeof(bytes) - 1)];

		memcpy(text, everything, sizeof(everything));
		switch (random_below(3)) {
		case 0:
			text[at] = c;
			break;
		case 1:
			memmove(text + at, text + at + 1, len - at);
			len--;
			break;
		default:
			memmove(text + at + 1, text + at, len - at + 1);
			text[at] = c;
			len++;
		}
		accepted_count += means_the_same_to_json_c((struct slice){text, len});
	}
	/* The test needs enough accepted and enough refused texts. */
	assert_true(accepted_count > 3000);
	assert_true(accepted_count < 27000);
}

static json_object *random_string(void)
{
	static const char *const pieces[] = {
		"a",
		"\"",
		"\\",
		"/",
		"\n",
		"\x01",
		"\x1F",
		"\x7F",
		"\xC3\xA9",
		"\xE2\x80\xA8",
		"\xEF\xBF\xBF",
		"\xF0\x9F\x98\x80",
		"\\u0041",
		"plain and longer than eight bytes",
	};
	char text[200] = "";

	for (uint32_t n = random_below(6); n > 0; n--)
		strcat(text, pieces[random_below(COUNT(pieces))]);
	/* Sometimes the NUL belongs to the string. */
	return json_object_new_string_len(text, (int)(strlen(text) + (random_below(8) == 0)));
}

static json_object *random_value(unsigned depth)
{
	json_object *value;

	switch (random_below(depth > 0 ? 8 : 6)) {
	case 0:
		return NULL;
	case 1:
		return json_object_new_boolean((json_bool)random_below(2));
	case 2:
		return json_object_new_int64((int64_t)random_below(UINT32_MAX) *
					     (random_below(2) ? 1 : -999));
	case 3:
		return json_object_new_double((random_below(1000) - 500.0) / 64);
	case 4:
	case 5:
		return random_string();
	case 6:
		value = json_object_new_array();
		for (uint32_t n = random_below(5); n > 0; n--)
			json_object_array_add(value, random_value(depth - 1));
		return value;
	default:
		value = json_object_new_object();
		for (uint32_t n = random_below(5); n > 0; n--) {
			json_object *key = random_string();

			json_object_object_add(value, json_object_get_string(key),
					       random_value(depth - 1));
			json_object_put(key);
		}
		return value;
	}
}

static void reads_what_json_c_writes(void **state)
{
	static const int styles[] = {JSON_C_TO_STRING_PLAIN, JSON_C_TO_STRING_SPACED,
				     JSON_C_TO_STRING_PRETTY,
				     JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE};

	(void)state;
	for (int i = 0; i < 4000; i++) {
		json_object *value = json_object_new_array();
		const char *text;

		json_object_array_add(value, random_value(DEPTH - 1));
		text = json_object_to_json_string_ext(value, styles[random_below(COUNT(styles))]);
		assert_true(means_the_same_to_json_c(slice_of(text)));
		json_object_put(value);
	}
}

static void random_bytes_are_safe_to_read(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		static const char starts[] = "[{\"\\-0tfn";
		char bytes[64];
		size_t len = random_below(sizeof(bytes));

		for (size_t j = 0; j < len; j++)
			bytes[j] = random_below(2) ? (char)random_below(256)
						   : starts[random_below(sizeof(starts) - 1)];
		accepts((struct slice){bytes, len});
	}
	assert_false(accepts((struct slice){NULL, 0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_an_answer_of_dynamodb),
		cmocka_unit_test(accepts_json),
		cmocka_unit_test(refuses_everything_else),
		cmocka_unit_test(accepts_exactly_the_numbers_of_the_grammar),
		cmocka_unit_test(short_texts_are_accepted_as_by_json_c),
		cmocka_unit_test(integers_have_64_bits),
		cmocka_unit_test(escapes_become_characters),
		cmocka_unit_test(earlier_strings_stay_valid),
		cmocka_unit_test(nesting_is_limited_to_the_maximum),
		cmocka_unit_test(every_level_may_be_an_object_or_an_array),
		cmocka_unit_test(a_wrong_type_fails_permanently),
		cmocka_unit_test(an_unfinished_value_is_not_the_end),
		cmocka_unit_test(a_skipped_value_is_unchanged),
		cmocka_unit_test(every_truncated_text_is_refused),
		cmocka_unit_test(modified_texts_are_read_as_by_json_c),
		cmocka_unit_test(reads_what_json_c_writes),
		cmocka_unit_test(random_bytes_are_safe_to_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
