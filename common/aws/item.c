/* item.c - what item.h says. */
#include "aws/item.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"

#define FORMAT_MAX 1024

static const struct attribute *find(const struct item *item, const char *name, char type)
{
	struct slice wanted = slice_of(name);

	for (size_t i = 0; i < item->count; i++)
		if (item->attributes[i].type == type &&
		    slice_equal(item->attributes[i].name, wanted))
			return &item->attributes[i];
	return NULL;
}

int item_string(const struct item *item, const char *name, struct slice *ret)
{
	const struct attribute *attribute = find(item, name, 'S');

	if (!attribute)
		return ERR_NOT_FOUND;
	*ret = attribute->value;
	return 0;
}

int item_number(const struct item *item, const char *name, int64_t *ret)
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
	*ret = number;
	return 0;
}

void item_put_string(struct jsonout *out, const char *name, struct slice value)
{
	jsonout_key(out, name);
	jsonout_object(out);
	jsonout_member_string(out, "S", value);
	jsonout_object_end(out);
}

void item_put_format(struct jsonout *out, const char *name, const char *format, ...)
{
	char text[FORMAT_MAX];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(text)) {
		out->failed = true;
		return;
	}
	item_put_string(out, name, (struct slice){text, (size_t)n});
}

void item_put_number(struct jsonout *out, const char *name, int64_t value)
{
	jsonout_key(out, name);
	jsonout_object(out);
	jsonout_key(out, "N");
	jsonout_format(out, "%" PRId64, value);
	jsonout_object_end(out);
}

/* Read a value as it stands, without looking into it. */
static bool read_raw(struct jsonscan *scan, struct slice *ret)
{
	const char *from;

	jsonscan_peek(scan);
	from = scan->at;
	if (!jsonscan_skip(scan))
		return false;
	*ret = (struct slice){from, (size_t)(scan->at - from)};
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

bool item_read(struct jsonscan *scan, struct item *ret_item)
{
	struct slice name;

	ret_item->count = 0;
	if (!jsonscan_object(scan))
		return false;
	while (jsonscan_member(scan, &name)) {
		struct attribute *attribute = &ret_item->attributes[ret_item->count];

		if (ret_item->count == ITEM_ATTRIBUTES_MAX || !read_value(scan, attribute)) {
			scan->failed = true;
			return false;
		}
		attribute->name = name;
		ret_item->count++;
	}
	return !scan->failed;
}
