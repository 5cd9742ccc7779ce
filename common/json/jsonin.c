/* jsonin.c - see jsonin.h. */
#include "json/jsonin.h"

#include <limits.h>
#include <stdlib.h>

#include "base/err.h"
#include "json/jsonscan.h"

static int read_value(struct jsonscan *scan, json_object **ret_value);

static int read_object(struct jsonscan *scan, json_object **ret_object)
{
	json_auto *object = json_object_new_object();
	struct slice name;
	int r;

	if (!object)
		return ERR_NO_MEMORY;
	jsonscan_object(scan);
	while (jsonscan_member(scan, &name)) {
		char *key = (char *)name.ptr; /* in our copy of the text */
		json_object *value;

		/* Overwrites the closing quote, or what is left of an escape. */
		key[name.len] = '\0';
		if (strlen(key) != name.len || json_object_object_get_ex(object, key, NULL))
			return ERR_INVALID;
		r = read_value(scan, &value);
		if (r < 0)
			return r;
		if (json_object_object_add(object, key, value) < 0) {
			json_object_put(value);
			return ERR_NO_MEMORY;
		}
	}
	*ret_object = object;
	object = NULL;
	return 0;
}

static int read_array(struct jsonscan *scan, json_object **ret_array)
{
	json_auto *array = json_object_new_array();
	json_object *value;
	int r;

	if (!array)
		return ERR_NO_MEMORY;
	jsonscan_array(scan);
	while (jsonscan_element(scan)) {
		r = read_value(scan, &value);
		if (r < 0)
			return r;
		if (json_object_array_add(array, value) < 0) {
			json_object_put(value);
			return ERR_NO_MEMORY;
		}
	}
	*ret_array = array;
	array = NULL;
	return 0;
}

/* A number becomes an integer if it is written as one and fits, else a double. */
static json_object *number_new(struct slice number)
{
	struct jsonscan scan;
	int64_t integer;

	jsonscan_begin(&scan, (char *)number.ptr, number.len, 0);
	if (jsonscan_integer(&scan, &integer))
		return json_object_new_int64(integer);
	/* strtod needs no end: in a well-formed text no byte after a number can continue it. */
	return json_object_new_double(strtod(number.ptr, NULL));
}

/* Read any value. The caller checks with jsonscan_end that the whole text is well-formed. */
static int read_value(struct jsonscan *scan, json_object **ret_value)
{
	enum jsonscan_type type = jsonscan_peek(scan);
	json_object *value;
	struct slice text = {0};

	switch (type) {
	case JSONSCAN_OBJECT:
		return read_object(scan, ret_value);
	case JSONSCAN_ARRAY:
		return read_array(scan, ret_value);
	case JSONSCAN_STRING:
		if (!jsonscan_string(scan, &text))
			return ERR_INVALID;
		value = json_object_new_string_len(text.ptr, (int)text.len);
		break;
	case JSONSCAN_NUMBER:
		if (!jsonscan_number(scan, &text))
			return ERR_INVALID;
		value = number_new(text);
		break;
	case JSONSCAN_NULL:
		*ret_value = NULL; /* json-c's null */
		return jsonscan_skip(scan) ? 0 : ERR_INVALID;
	default:
		value = json_object_new_boolean(type == JSONSCAN_TRUE);
		jsonscan_skip(scan);
	}
	if (!value)
		return ERR_NO_MEMORY;
	*ret_value = value;
	return 0;
}

int jsonin_object(struct slice text, json_object **ret_object)
{
	json_auto *object = NULL;
	struct jsonscan scan;
	char *copy;
	int r;

	if (text.len == 0 || text.len > INT_MAX)
		return ERR_INVALID;
	copy = malloc(text.len + 1);
	if (!copy)
		return ERR_NO_MEMORY;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';

	jsonscan_begin(&scan, copy, text.len, JSONIN_DEPTH_MAX);
	r = jsonscan_peek(&scan) == JSONSCAN_OBJECT ? read_value(&scan, &object) : ERR_INVALID;
	if (r == 0 && !jsonscan_end(&scan))
		r = ERR_INVALID;
	free(copy);
	if (r < 0)
		return r;
	*ret_object = object;
	object = NULL;
	return 0;
}

/* The member `key`, which must be of type `type`. */
static int get(const json_object *object, const char *key, json_type type, json_object **ret_member)
{
	json_object *member;

	if (!json_object_object_get_ex(object, key, &member) || !member)
		return ERR_NOT_FOUND;
	if (!json_object_is_type(member, type))
		return ERR_INVALID;
	*ret_member = member;
	return 0;
}

int jsonin_string(const json_object *object, const char *key, struct slice *ret_value)
{
	json_object *member;
	int r;

	r = get(object, key, json_type_string, &member);
	if (r < 0)
		return r;
	*ret_value = (struct slice){json_object_get_string(member),
				    (size_t)json_object_get_string_len(member)};
	return 0;
}

int jsonin_integer(const json_object *object, const char *key, int64_t *ret_value)
{
	json_object *member;
	int r;

	r = get(object, key, json_type_int, &member);
	if (r < 0)
		return r;
	*ret_value = json_object_get_int64(member);
	return 0;
}

int jsonin_array(const json_object *object, const char *key, json_object **ret_array)
{
	return get(object, key, json_type_array, ret_array);
}

void jsonin_free(json_object **object)
{
	json_object_put(*object);
}
