/*
 * item.h - DynamoDB's items: attributes with a type, written by jsonout and read by jsonscan.
 *
 * AWS: "AttributeValue", Amazon DynamoDB API reference.
 */
#ifndef ITEM_H
#define ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/jsonout.h"
#include "json/jsonscan.h"

#define ITEM_ATTRIBUTES_MAX 24

/* One attribute. type: 'S', 'N', 'B', 'b' for BOOL, '0' for NULL, '?' for the nested types. */
struct attribute {
	struct slice name;
	struct slice value; /* unescaped text; as JSON for '?', "true" or "false" for 'b' */
	char type;
};

/* An item, borrowed from the answer that it was read from. count 0: there is none. */
struct item {
	size_t count;
	struct attribute attributes[ITEM_ATTRIBUTES_MAX];
};

/* The string or number `name` of the item. Returns 0; ERR_NOT_FOUND when missing or other type. */
int item_string(const struct item *item, const char *name, struct slice *ret);
int item_number(const struct item *item, const char *name, int64_t *ret);

/* Write one typed attribute, `"name":{"S":"…"}`, into the object that is open. */
void item_put_string(struct jsonout *out, const char *name, struct slice value);
void item_put_format(struct jsonout *out, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void item_put_number(struct jsonout *out, const char *name, int64_t value);

/*
 * Read the item that comes next. False when it is not one, or has more attributes than
 * ITEM_ATTRIBUTES_MAX; `scan` has failed then. *ret_item may be half written.
 */
bool item_read(struct jsonscan *scan, struct item *ret_item);

#endif
