/*
 * request.h - the requests that are sent to DynamoDB: files with named holes, and their values.
 *
 * A request is a file, common/aws/requests/OPERATION/NAME.json (bin/aws/requests for the operators'
 * commands), and looks as it is sent. requests.awk checks it and turns it into a `struct
 * request_form` at build time; the generated requests.h has a struct of values for each:
 *
 *	GetItem/row.json	{…"Key": {"pk": {"S": "GRP#${user}"}, "sk": {"S":
 *"GROUP#${group}"}}}
 *	requests.h		struct request_GetItem_row { struct slice user; struct slice group;
 *}; in use			REQUEST(GetItem, row, .user = slice_of(me), .group =
 *slice_of(group))
 *
 * AWS: "DynamoDB low-level API", Amazon DynamoDB developer guide.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/operation.h"

/* The hole after the text of a part. IF, UNLESS and EACH begin a group of parts instead. */
enum request_hole {
	REQUEST_END,
	REQUEST_TEXT,	     /* struct slice: escaped, within a string */
	REQUEST_INTEGER,     /* int64_t */
	REQUEST_JSON,	     /* struct slice: JSON, as it is */
	REQUEST_TABLE,	     /* the messages table */
	REQUEST_TOKEN,	     /* a new uuid: ClientRequestToken */
	REQUEST_IF_TEXT,     /* struct slice: the group is sent unless ptr is NULL */
	REQUEST_IF_FLAG,     /* bool: … if it is true */
	REQUEST_UNLESS_TEXT, /* … if ptr is NULL */
	REQUEST_UNLESS_FLAG, /* … if it is false */
	REQUEST_EACH, /* a pointer and a size_t: … for each of so many elements, at least one */
};

struct request_part {
	const char *text;
	uint16_t len;
	uint8_t hole;
	uint8_t skip;	 /* parts of the group that begins here */
	uint16_t offset; /* of the value */
	uint16_t size;	 /* of an element */
};

struct request_form {
	const char *operation;	   /* "GetItem" */
	enum operation counted_as; /* in the metrics */
	const struct request_part *parts;
	size_t count;
};

/* A form with values for its holes, both borrowed. */
struct request {
	const struct request_form *form;
	const void *values; /* the struct that belongs to the form */
};

/*
 * The request OPERATION/NAME.json with values for its holes: `.user = slice_of(me), …`. A text must
 * be given (a slice with a ptr) unless the part that it is in is left out. The values live until
 * the end of the enclosing block.
 */
#define REQUEST(operation, name, ...)                                                              \
	((struct request){&request_form_##operation##_##name,                                      \
			  &(const struct request_##operation##_##name){__VA_ARGS__}})

/*
 * Append the body of a request, JSON without spaces, to `out`.
 *
 * messages_table: the name that `${messages_table}` stands for.
 * Returns 0; ERR_NO_MEMORY when the buffer is full; ERR_INTERNAL when a text is missing or is not
 * UTF-8, when there is no element to repeat a part for, or without randomness for a token.
 */
int request_write(const struct request *request, const char *messages_table, struct buf *out)
	__attribute__((warn_unused_result));

#endif
