/*
 * aws_error.h - the errors of AWS's JSON protocols.
 *
 *	{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "…"}
 *
 * The type may come without its namespace. The message is called "message" or "Message".
 *
 * Smithy: "AWS JSON 1.0 protocol", "Operation error serialization".
 */
#ifndef AWS_ERROR_H
#define AWS_ERROR_H

#include <stdbool.h>

#include "base/slice.h"

/* Longer texts are cut. */
struct aws_error {
	char type[64];	   /* without namespace: "ThrottlingException"; "" if missing */
	char message[301]; /* UTF-8, perhaps cut within a character; "" if missing */
};

/*
 * Read the error document `body`.
 * Returns 0; ERR_INVALID when it is not a JSON object; ERR_NO_MEMORY.
 */
int aws_error_read(struct slice body, struct aws_error *ret_error)
	__attribute__((warn_unused_result));

/* The type without its namespace; the result points into `type`. */
struct slice aws_error_type(struct slice type);

/* Whether `key` is the name of the member with the message. */
bool aws_error_is_message(struct slice key);

#endif
