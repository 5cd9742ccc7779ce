/* jsonin.c - what jsonin.h says. */
#include "jsonin.h"

#include <limits.h>

#include "err.h"
#include "jsonscan.h"

/* Members of `value` and of all objects inside it; it is at most JSONIN_DEPTH_MAX deep. */
static size_t count_members(json_object *value)
{
	size_t count = 0;

	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, key, member)
		{
			(void)key;
			count += 1 + count_members(member);
		}
	} else if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			count += count_members(json_object_array_get_idx(value, i));
	}
	return count;
}

int jsonin_object(struct slice text, json_object **ret_object)
{
	struct jsonscan scan;
	json_tokener *tokener;
	json_auto *object = NULL;
	enum json_tokener_error error;

	/* Skipping changes nothing in the text. */
	jsonscan_begin(&scan, (char *)text.ptr, text.len, JSONIN_DEPTH_MAX);
	if (text.len > INT_MAX || jsonscan_peek(&scan) != JSONSCAN_OBJECT ||
	    !jsonscan_skip(&scan) || !jsonscan_end(&scan) || scan.nul_key)
		return ERR_JSON_MALFORMED;

	/*
	 * What json-c sees is JSON now. Its strict mode is left off, as it refuses large integers;
	 * its depth counts plain values as a level.
	 */
	tokener = json_tokener_new_ex(JSONIN_DEPTH_MAX + 1);
	if (tokener == NULL)
		return ERR_NO_MEMORY;
	object = json_tokener_parse_ex(tokener, text.ptr, (int)text.len);
	error = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (object == NULL)
		return error == json_tokener_success ? ERR_NO_MEMORY : ERR_JSON_MALFORMED;

	/* The last of equal keys has replaced the others. */
	if (count_members(object) != scan.members)
		return ERR_JSON_MALFORMED;
	*ret_object = object;
	object = NULL;
	return 0;
}

/* The member `key`, which must be of type `type`. */
static int get(const json_object *object, const char *key, json_type type, json_object **ret)
{
	json_object *member;

	if (!json_object_object_get_ex(object, key, &member) || member == NULL)
		return ERR_NOT_FOUND;
	if (!json_object_is_type(member, type))
		return ERR_INVALID;
	*ret = member;
	return 0;
}

int jsonin_string(const json_object *object, const char *key, struct slice *ret)
{
	json_object *member;
	int r;

	r = get(object, key, json_type_string, &member);
	if (r < 0)
		return r;
	*ret = (struct slice){json_object_get_string(member),
			      (size_t)json_object_get_string_len(member)};
	return 0;
}

int jsonin_integer(const json_object *object, const char *key, int64_t *ret)
{
	json_object *member;
	int64_t value;
	int r;

	r = get(object, key, json_type_int, &member);
	if (r < 0)
		return r;
	/* json-c holds what is above INT64_MAX as uint64, and what is too small as INT64_MIN. */
	value = json_object_get_int64(member);
	if (value == INT64_MIN ||
	    (value == INT64_MAX && json_object_get_uint64(member) > INT64_MAX))
		return ERR_INVALID;
	*ret = value;
	return 0;
}

int jsonin_array(const json_object *object, const char *key, json_object **ret)
{
	return get(object, key, json_type_array, ret);
}

void jsonin_free(json_object **object)
{
	json_object_put(*object);
}
