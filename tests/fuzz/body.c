/* body.c - any bytes as a request's body: refused, or strict JSON that can be written again. */
#include "fuzz.h"

#include "base/err.h"
#include "base/text.h"
#include "json/jsonin.h"
#include "json/jsonscan.h"
#include "web/field.h"

/* Write all strings of a parsed tree, as an answer would. */
static void write_value(struct jsonout *out, json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_object:
		/* jsonout_key takes only keys of the program: write these as strings */
		jsonout_array(out);
		json_object_object_foreach(value, key, member)
		{
			jsonout_string(out, slice_of(key));
			write_value(out, member);
		}
		jsonout_array_end(out);
		break;
	case json_type_array:
		jsonout_array(out);
		for (size_t i = 0; i < json_object_array_length(value); i++)
			write_value(out, json_object_array_get_idx(value, i));
		jsonout_array_end(out);
		break;
	case json_type_string:
		jsonout_string(out, (struct slice){json_object_get_string(value),
						   (size_t)json_object_get_string_len(value)});
		break;
	default:
		jsonout_integer(out, 1);
	}
}

/* json-c's own parser, which is more lenient, must accept the text as well. */
static void compare(struct slice text)
{
	struct json_tokener *tokener = json_tokener_new_ex(2 * JSONIN_DEPTH_MAX);
	json_object *tree;

	ALWAYS(tokener);
	tree = json_tokener_parse_ex(tokener, text.ptr, (int)text.len);
	ALWAYS(json_tokener_get_error(tokener) == json_tokener_success);
	json_object_put(tree);
	json_tokener_free(tokener);
}

/* The written text is one level deeper than the body. */
static bool is_json(struct slice text)
{
	char *copy = fuzz_copy(text);
	struct jsonscan scan;
	bool whole;

	jsonscan_begin(&scan, copy, text.len, JSONIN_DEPTH_MAX + 1);
	jsonscan_skip(&scan);
	whole = jsonscan_end(&scan);
	free(copy);
	return whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct field message = {.key = "message",
					     .blank = "blank",
					     .invalid = "invalid",
					     .too_long = "long",
					     .max = 1024,
					     .lines = true};
	static const struct field group = {.key = "group", .blank = "none", .invalid = "no uuid"};
	char *copy = fuzz_copy((struct slice){(const char *)data, size});
	struct slice text = {copy, size};
	struct resp resp = {0};
	json_auto *body = NULL;
	buf_auto written = BUF_INIT(1 << 22);
	char uuid[UUID_SIZE];
	struct jsonout out;
	struct slice value;
	int r;

	r = jsonin_object(text, &body);
	ALWAYS(r == 0 || r == ERR_INVALID);
	if (r == 0) {
		compare(text);
		if (field_read(body, &message, &resp, &value)) {
			ALWAYS(value.len > 0 && text_length(value) <= message.max);
			ALWAYS(!text_has_control(value, true));
			ALWAYS(slice_equal(text_trim(value), value));
		}
		if (field_uuid(body, &group, &resp, uuid))
			ALWAYS(strlen(uuid) == UUID_SIZE - 1);
		jsonout_begin(&out, &written);
		jsonout_object(&out);
		jsonout_key(&out, "read");
		write_value(&out, body);
		jsonout_object_end(&out);
		ALWAYS(jsonout_end(&out) == 0);
		ALWAYS(is_json(buf_slice(&written)));
	}
	free(copy);
	return 0;
}
