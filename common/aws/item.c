/* item.c - see item.h. */
#include "aws/item.h"

#include "base/err.h"

#define ANY_TYPE '\0'

static const struct attribute *find(const struct item *item, const char *name, char type)
{
	struct slice wanted = slice_of(name);

	for (size_t i = 0; i < item->count; i++)
		if ((type == ANY_TYPE || item->attributes[i].type == type) &&
		    slice_equal(item->attributes[i].name, wanted))
			return &item->attributes[i];
	return NULL;
}

bool item_has(const struct item *item, const char *name)
{
	return find(item, name, ANY_TYPE) != NULL;
}

bool item_set_has(const struct item *item, const char *name, struct slice string)
{
	const struct attribute *attribute = find(item, name, '?');
	struct slice rest;

	/* ["a","b"]: every second part between quotes is a string of the set. */
	for (rest = attribute ? attribute->value : (struct slice){0}; rest.len > 0;) {
		const char *open = memchr(rest.ptr, '"', rest.len);
		const char *close;

		if (!open)
			return false;
		rest = slice_from(rest, (size_t)(open - rest.ptr) + 1);
		close = memchr(rest.ptr, '"', rest.len);
		if (!close)
			return false;
		if (slice_equal((struct slice){rest.ptr, (size_t)(close - rest.ptr)}, string))
			return true;
		rest = slice_from(rest, (size_t)(close - rest.ptr) + 1);
	}
	return false;
}

int item_string(const struct item *item, const char *name, struct slice *ret_string)
{
	const struct attribute *attribute = find(item, name, 'S');

	if (!attribute)
		return ERR_NOT_FOUND;
	*ret_string = attribute->value;
	return 0;
}

struct slice item_string_or(const struct item *item, const char *name, struct slice otherwise)
{
	const struct attribute *attribute = find(item, name, 'S');

	return attribute ? attribute->value : otherwise;
}

int item_number(const struct item *item, const char *name, int64_t *ret_number)
{
	const struct attribute *attribute = find(item, name, 'N');
	char digits[24];
	struct jsonscan scan;
	int64_t number;

	if (!attribute || attribute->value.len >= sizeof(digits))
		return ERR_NOT_FOUND;
	memcpy(digits, attribute->value.ptr, attribute->value.len);
	jsonscan_begin(&scan, digits, attribute->value.len, 1);
	jsonscan_integer(&scan, &number);
	if (!jsonscan_end(&scan))
		return ERR_NOT_FOUND;
	*ret_number = number;
	return 0;
}

/* Read a value as JSON. */
static bool read_raw(struct jsonscan *scan, struct slice *ret_json)
{
	const char *from;

	jsonscan_peek(scan);
	from = scan->at;
	if (!jsonscan_skip(scan))
		return false;
	*ret_json = (struct slice){from, (size_t)(scan->at - from)};
	return true;
}

/* Read `{"S":"…"}`: an object with exactly one member, whose key is the type. */
static bool read_value(struct jsonscan *scan, struct attribute *attribute)
{
	struct slice type, another;

	if (!jsonscan_object(scan) || !jsonscan_member(scan, &type))
		return false;
	if (type.len == 1 && (*type.ptr == 'S' || *type.ptr == 'N' || *type.ptr == 'B')) {
		attribute->type = type.ptr[0];
		jsonscan_string(scan, &attribute->value);
	} else {
		attribute->type = '?';
		if (slice_is(type, "BOOL"))
			attribute->type = 'b';
		else if (slice_is(type, "NULL"))
			attribute->type = '0';
		read_raw(scan, &attribute->value);
	}
	return !jsonscan_member(scan, &another) && !scan->failed;
}

bool item_read(struct jsonscan *scan, struct item *item)
{
	struct slice name;

	item->count = 0;
	if (!jsonscan_object(scan))
		return false;
	while (jsonscan_member(scan, &name)) {
		struct attribute *attribute = &item->attributes[item->count];

		if (item->count == ITEM_ATTRIBUTES_MAX || !read_value(scan, attribute)) {
			scan->failed = true;
			return false;
		}
		attribute->name = name;
		item->count++;
	}
	return !scan->failed;
}
