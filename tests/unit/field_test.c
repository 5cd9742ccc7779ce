/* field_test.c - the text fields of a body, and their error codes. */
#include "unit.h"

#include "base/buf.h"
#include "base/err.h"
#include "json/jsonin.h"
#include "web/field.h"
#include "web/problem.h"

static const struct field message = {
	.key = "message",
	.blank = "message_blank",
	.invalid = "message_invalid",
	.too_long = "message_exceed_max_chars",
	.max = 5,
	.lines = true,
};

static const struct field name = {
	.key = "message",
	.invalid = "name_invalid",
	.too_long = "name_exceed_max_chars",
	.max = 5,
};

static const struct field person = {
	.key = "message",
	.blank = "person_blank",
	.invalid = "person_invalid",
	.too_long = "person_long",
	.max = 5,
	.name = true,
};

/* Read `field` of `json`. Returns the codes, joined by commas, and the value. */
static bool read_field(const struct field *field, const char *json, char *ret_codes,
		       char *ret_value)
{
	struct resp resp = {0};
	json_auto *body = NULL;
	struct slice value;
	bool valid;

	assert_int_equal(jsonin_object(slice_of(json), &body), 0);
	valid = field_read(body, field, &resp, &value);
	*ret_codes = '\0';
	for (size_t i = 0; i < resp.codes_count; i++) {
		if (i)
			strcat(ret_codes, ",");
		strcat(ret_codes, resp.codes[i]);
	}
	assert_true(slice_copy(value, ret_value, 64));
	return valid;
}

static void texts_are_trimmed_and_checked(void **state)
{
	static const struct {
		const struct field *field;
		const char *json, *codes, *value;
	} cases[] = {
		{&message, "{\"message\":\"hi\"}", "", "hi"},
		{&message, "{\"message\":\" \\n\\u3000hi\\ufeff\"}", "", "hi"},
		{&message, "{\"message\":\"a\\n\\tb\"}", "", "a\n\tb"},
		{&message, "{\"message\":\"😀😀😀😀😀\"}", "", "😀😀😀😀😀"},
		{&message, "{\"message\":\"   123456   \"}", "message_exceed_max_chars", ""},
		{&message, "{\"message\":\"😀😀😀😀😀😀\"}", "message_exceed_max_chars", ""},
		{&message, "{}", "message_blank", ""},
		{&message, "{\"message\":null}", "message_blank", ""},
		{&message, "{\"message\":\"\"}", "message_blank", ""},
		{&message, "{\"message\":\" \\t\\u00a0\\u2029\"}", "message_blank", ""},
		{&message, "{\"message\":\"\\u200b \\u3164\\u2800\"}", "message_blank", ""},
		{&message, "{\"message\":\"\\u200b\\u0007\"}", "message_invalid", ""},
		{&message, "{\"message\":\"\\u200b.\"}", "", "\u200b."},
		{&message, "{\"message\":\"a\\u202eb\"}", "", "a\u202eb"},
		{&person, "{\"message\":\"Ann\"}", "", "Ann"},
		{&person, "{\"message\":\"\\u0958\\u09581\"}", "", "\u0958\u09581"},
		{&person, "{\"message\":\"\\u0958\\u095812\"}", "person_long", ""},
		{&person, "{\"message\":\" \\u3164\"}", "person_blank", ""},
		{&person, "{\"message\":\"a\\u202eb\"}", "person_invalid", ""},
		{&person, "{\"message\":\"a\\u200b12345\"}", "person_invalid,person_long", ""},
		{&message, "{\"message\":1}", "message_invalid", ""},
		{&message, "{\"message\":[\"hi\"]}", "message_invalid", ""},
		{&message, "{\"message\":\"a\\u0000b\"}", "message_invalid", ""},
		{&message, "{\"message\":\"a\\rb\"}", "message_invalid", ""},
		{&message, "{\"message\":\"a\\u0085b\"}", "message_invalid", ""},
		{&message, "{\"message\":\"a\\u001b23456\"}",
		 "message_invalid,message_exceed_max_chars", ""},
		{&name, "{\"message\":\"a\\nb\"}", "name_invalid", ""},
		{&name, "{}", "", ""},
		/* Five of these are ten in NFC, which counts for names of people only. */
		{&message, "{\"message\":\"\u0958\u0958\u0958\u0958\u0958\"}", "",
		 "\u0958\u0958\u0958\u0958\u0958"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char codes[256], value[64];
		bool valid = read_field(cases[i].field, cases[i].json, codes, value);

		assert_string_equal(codes, cases[i].codes);
		assert_string_equal(value, cases[i].value);
		assert_int_equal(valid, cases[i].value[0] != '\0');
	}
}

static void a_field_is_given_if_it_has_a_value(void **state)
{
	static const struct {
		const char *json;
		bool given;
	} cases[] = {
		{"{}", false},
		{"{\"message\":null}", false},
		{"{\"message\":\"  \"}", false},
		{"{\"message\":\"x\"}", true},
		{"{\"message\":7}", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_auto *body = NULL;

		assert_int_equal(jsonin_object(slice_of(cases[i].json), &body), 0);
		assert_int_equal(field_given(body, &message), cases[i].given);
	}
}

static void uuid_fields_are_checked(void **state)
{
	static const struct field uuid_field = {.key = "id",
						.blank = "id_blank",
						.invalid = "id_invalid"};
	static const struct {
		const char *json, *code, *uuid;
	} cases[] = {
		{"{\"id\":\" 5AE290ED-55D1-47A0-BC6D-FE2BC2700399 \"}", NULL,
		 "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"},
		{"{\"id\":\"5ae290ed\"}", "id_invalid", NULL},
		{"{\"id\":5}", "id_invalid", NULL},
		{"{}", "id_blank", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct resp resp = {0};
		json_auto *body = NULL;
		char uuid[UUID_SIZE];

		assert_int_equal(jsonin_object(slice_of(cases[i].json), &body), 0);
		assert_int_equal(field_uuid(body, &uuid_field, &resp, uuid), cases[i].uuid != NULL);
		if (cases[i].uuid) {
			assert_int_equal(resp_check(&resp), 0);
			assert_string_equal(uuid, cases[i].uuid);
		} else {
			assert_int_equal(resp_check(&resp), PROBLEM_INVALID);
			assert_int_equal(resp.codes_count, 1);
			assert_string_equal(resp.codes[0], cases[i].code);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_trimmed_and_checked),
		cmocka_unit_test(a_field_is_given_if_it_has_a_value),
		cmocka_unit_test(uuid_fields_are_checked),
	};

	return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
