/*
 * field.h - the text fields of a JSON body: read, trimmed and validated, with every error code that
 * applies.
 */
#ifndef FIELD_H
#define FIELD_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/uuid.h"
#include "web/resp.h"

/* The rules of a field. The codes are static strings. */
struct field {
	const char *key;      /* the member of the body */
	const char *blank;    /* code: missing, null, or nothing visible; NULL: that is allowed */
	const char *invalid;  /* code: not a string, or with control characters */
	const char *too_long; /* code: more than `max` code points; NULL: no limit */
	size_t max;	      /* code points after trimming; of a name also in NFC */
	bool lines;	      /* newline and tab are allowed */
	bool name;	      /* must be a name: another one is invalid (base/name.h) */
};

/*
 * Read `field` of `body`, trimmed as JavaScript's String.prototype.trim does (base/text.h). A text
 * in which nothing is visible (text_is_visible) is blank.
 * ret_value: borrowed from `body`; empty when the field is blank or invalid.
 * Returns true when the field is present and valid; otherwise its codes are added to `resp`.
 */
bool field_read(const json_object *body, const struct field *field, struct resp *resp,
		struct slice *ret_value);

/* The same for a UUID; ret_uuid is in lower case. Text that is not a UUID adds field->invalid. */
bool field_uuid(const json_object *body, const struct field *field, struct resp *resp,
		char ret_uuid[UUID_SIZE]);

/*
 * Whether the field holds anything: it is not missing, null, or without a visible character. A
 * value of another type counts as something.
 */
bool field_given(const json_object *body, const struct field *field);

#endif
