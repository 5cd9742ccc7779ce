/* request.c - see request.h. */
#include "aws/request.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/uuid.h"
#include "json/jsonout.h"

/* The values that the holes of some parts are filled with. */
struct filling {
	const char *values;
	const char *messages_table;
};

static bool write_parts(const struct filling *filling, const struct request_part *parts,
			size_t count, struct buf *out);

static bool write_text(const struct slice *text, struct buf *out)
{
	return text->ptr && jsonout_escape(out, *text);
}

static bool write_token(struct buf *out)
{
	char token[UUID_SIZE];

	if (uuid_v4(token) < 0)
		return false;
	buf_puts(out, token);
	return true;
}

/* Write the group that begins at `part` for each element of the list at `value`. */
static bool write_each(const struct filling *filling, const struct request_part *part,
		       const char *value, struct buf *out)
{
	struct filling element = *filling;
	size_t count;

	memcpy(&element.values, value, sizeof(element.values));
	memcpy(&count, value + sizeof(element.values), sizeof(count));
	for (size_t i = 0; i < count; i++, element.values += part->size) {
		if (i > 0)
			buf_putc(out, ',');
		if (!write_parts(&element, part + 1, part->skip, out))
			return false;
	}
	return count > 0;
}

/* Whether the group that begins at `part` is left out, because of its value. */
static bool is_left_out(const struct request_part *part, const void *value)
{
	switch (part->hole) {
	case REQUEST_IF_TEXT:
		return !((const struct slice *)value)->ptr;
	case REQUEST_UNLESS_TEXT:
		return ((const struct slice *)value)->ptr;
	case REQUEST_IF_FLAG:
		return !*(const bool *)value;
	case REQUEST_UNLESS_FLAG:
		return *(const bool *)value;
	default:
		return true; /* REQUEST_EACH: written already */
	}
}

static bool write_hole(const struct filling *filling, const struct request_part *part,
		       const void *value, struct buf *out)
{
	switch (part->hole) {
	case REQUEST_TEXT:
		return write_text(value, out);
	case REQUEST_INTEGER:
		buf_printf(out, "%" PRId64, *(const int64_t *)value);
		return true;
	case REQUEST_JSON:
		buf_append(out, ((const struct slice *)value)->ptr,
			   ((const struct slice *)value)->len);
		return true;
	case REQUEST_TABLE:
		buf_puts(out, filling->messages_table);
		return true;
	case REQUEST_TOKEN:
		return write_token(out);
	case REQUEST_EACH:
		return write_each(filling, part, value, out);
	default:
		return true;
	}
}

static bool write_parts(const struct filling *filling, const struct request_part *parts,
			size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct request_part *part = &parts[i];
		const void *value = filling->values + part->offset;

		buf_append(out, part->text, part->len);
		if (!write_hole(filling, part, value, out))
			return false;
		if (part->skip > 0 && is_left_out(part, value))
			i += part->skip;
	}
	return true;
}

int request_write(const struct request *request, const char *messages_table, struct buf *out)
{
	const struct filling filling = {request->values, messages_table};

	if (!write_parts(&filling, request->form->parts, request->form->count, out))
		return ERR_INTERNAL;
	return out->failed ? ERR_NO_MEMORY : 0;
}
