/*
 * field.h - the text fields of a body, checked: every code that applies is noted in the response.
 */
#ifndef FIELD_H
#define FIELD_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/uuid.h"
#include "web/resp.h"

struct field {
	const char *key;      /* of the body's object */
	const char *blank;    /* code: missing, null, empty or only white space; NULL: may be */
	const char *invalid;  /* code: of another type, or with control characters */
	const char *too_long; /* code: more than max code points; NULL: no limit */
	size_t max;	      /* code points, after trimming */
	bool lines;	      /* newline and tab are allowed */
};

/*
 * Read `field` of `body`, trimmed as JavaScript's trim() does.
 * ret_value: borrowed from `body`; empty when it is blank or at fault.
 * Returns whether it is there and sound; otherwise its codes have been noted (resp_add_code).
 */
bool field_read(const json_object *body, const struct field *field, struct resp *resp,
		struct slice *ret_value);

/*
 * Whether the field is there with something in it: not missing, null, or a blank string. A value
 * of another type is something.
 */
bool field_given(const json_object *body, const struct field *field);

/*
 * Read `field` as a UUID in lower case; no UUID is noted as field->invalid.
 * Returns whether it is there and sound.
 */
bool field_uuid(const json_object *body, const struct field *field, struct resp *resp,
		char ret_uuid[UUID_SIZE]);

#endif
