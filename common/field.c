/* field.c - see field.h. */
#include "field.h"

#include "err.h"
#include "jsonin.h"
#include "text.h"

bool field_read(const json_object *body, const struct field *field, struct resp *resp,
		struct slice *ret_value)
{
	struct slice value = {"", 0};
	int r;

	*ret_value = value;
	r = jsonin_string(body, field->key, &value);
	if (r == ERR_INVALID) {
		resp_invalid(resp, field->invalid);
		return false;
	}
	value = text_trim(value);
	if (value.len == 0) {
		if (field->blank)
			resp_invalid(resp, field->blank);
		return false;
	}
	if (text_has_control(value, field->lines)) {
		resp_invalid(resp, field->invalid);
		r = ERR_INVALID;
	}
	if (field->too_long && text_length(value) > field->max) {
		resp_invalid(resp, field->too_long);
		r = ERR_INVALID;
	}
	if (r < 0)
		return false;
	*ret_value = value;
	return true;
}
