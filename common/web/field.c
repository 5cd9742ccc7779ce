/* field.c - see field.h. */
#include "web/field.h"

#include "base/err.h"
#include "base/name.h"
#include "base/text.h"
#include "json/jsonin.h"

/* Whether a trimmed text shows nothing. One with control characters is invalid instead. */
static bool is_blank(struct slice value)
{
	return !text_is_visible(value) && !text_has_control(value, true);
}

/*
 * The number of code points that count. A name is stored in NFC, which can have more: U+0958
 * becomes two.
 */
static size_t length_of(const struct field *field, struct slice value)
{
	size_t length = text_length(value);
	char nfc[NAME_SIZE];

	if (!field->name || length > LIMIT_DISPLAY_NAME || text_nfc(value, nfc, sizeof(nfc)) < 0)
		return length;
	return text_length(slice_of(nfc)) > length ? text_length(slice_of(nfc)) : length;
}

bool field_read(const json_object *body, const struct field *field, struct resp *resp,
		struct slice *ret_value)
{
	struct slice value = {"", 0};
	int r;

	*ret_value = value;
	r = jsonin_string(body, field->key, &value);
	if (r == ERR_INVALID) {
		resp_add_code(resp, field->invalid);
		return false;
	}
	value = text_trim(value);
	if (is_blank(value)) {
		if (field->blank)
			resp_add_code(resp, field->blank);
		return false;
	}
	if (text_has_control(value, field->lines) || (field->name && !name_valid(value))) {
		resp_add_code(resp, field->invalid);
		r = ERR_INVALID;
	}
	if (field->too_long && length_of(field, value) > field->max) {
		resp_add_code(resp, field->too_long);
		r = ERR_INVALID;
	}
	if (r < 0)
		return false;
	*ret_value = value;
	return true;
}

bool field_given(const json_object *body, const struct field *field)
{
	struct slice value;
	int r;

	r = jsonin_string(body, field->key, &value);
	return r == ERR_INVALID || (r == 0 && !is_blank(text_trim(value)));
}

bool field_uuid(const json_object *body, const struct field *field, struct resp *resp,
		char ret_uuid[UUID_SIZE])
{
	struct slice text;

	if (!field_read(body, field, resp, &text))
		return false;
	if (uuid_parse(text, ret_uuid) < 0) {
		resp_add_code(resp, field->invalid);
		return false;
	}
	return true;
}
