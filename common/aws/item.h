/*
 * item.h - DynamoDB's items as they are read: attributes, each with a type.
 *
 *	{"pk": {"S": "GRP#3d8c5e4f-…"}, "unread_count": {"N": "1"}, "tags": {"SS": ["a"]}}
 *	 name   type value              nested types, such as sets, stay JSON
 *
 * AWS: "AttributeValue", Amazon DynamoDB API reference.
 */
#ifndef ITEM_H
#define ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/jsonscan.h"

#define ITEM_ATTRIBUTES_MAX 24

/* One attribute. type: 'S', 'N', 'B', 'b' for BOOL, '0' for NULL, '?' for the nested types. */
struct attribute {
	struct slice name;
	struct slice value; /* unescaped text; as JSON for '?', "true" or "false" for 'b' */
	char type;
};

/* An item, borrowed from the answer that it was read from. count 0: there is no item. */
struct item {
	size_t count;
	struct attribute attributes[ITEM_ATTRIBUTES_MAX];
};

/*
 * The string or the number `name` of an item. A string is borrowed from the item.
 * Returns 0; ERR_NOT_FOUND when it is missing, of another type, or not a 64-bit integer.
 */
int item_string(const struct item *item, const char *name, struct slice *ret_string)
	__attribute__((warn_unused_result));
int item_number(const struct item *item, const char *name, int64_t *ret_number)
	__attribute__((warn_unused_result));

/* Whether an item has an attribute `name`, of any type. */
bool item_has(const struct item *item, const char *name);

/* Whether the set of strings `name` of an item has `string`, which needs no escape in JSON. */
bool item_set_has(const struct item *item, const char *name, struct slice string);

/* The string `name` of an item, borrowed from it; `otherwise` when it is missing. */
struct slice item_string_or(const struct item *item, const char *name, struct slice otherwise);

/*
 * Read the item that comes next. Returns false when the next value is not an item, or has more than
 * ITEM_ATTRIBUTES_MAX attributes; then `scan` has failed and *item is undefined.
 */
bool item_read(struct jsonscan *scan, struct item *item);

#endif
