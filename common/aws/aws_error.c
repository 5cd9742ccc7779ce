/* aws_error.c - see aws_error.h. */
#include "aws/aws_error.h"

#include "json/jsonin.h"

struct slice aws_error_type(struct slice type)
{
	struct slice rest = type;
	struct slice head = slice_cut(&rest, '#');

	return head.len < type.len ? rest : type;
}

bool aws_error_is_message(struct slice key)
{
	return slice_is(key, "message") || slice_is(key, "Message");
}

/* Copy as much of `text` as fits. */
static void copy(struct slice text, char *to, size_t size)
{
	if (text.len >= size)
		text.len = size - 1;
	slice_copy(text, to, size);
}

int aws_error_read(struct slice body, struct aws_error *ret_error)
{
	json_auto *document = NULL;
	struct slice type = {0}, message = {0};
	int r;

	r = jsonin_object(body, &document);
	if (r < 0)
		return r;
	if (jsonin_string(document, "__type", &type) == 0)
		type = aws_error_type(type);
	if (jsonin_string(document, "message", &message) < 0 &&
	    jsonin_string(document, "Message", &message) < 0)
		message = SLICE("");
	copy(type, ret_error->type, sizeof(ret_error->type));
	copy(message, ret_error->message, sizeof(ret_error->message));
	return 0;
}
