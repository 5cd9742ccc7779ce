/* httpread.c - what httpread.h says. */
#include "net/httpread.h"

#include <ctype.h>
#include <strings.h>

#define DIGITS_MAX 15 /* of a length: more than any body may have, less than overflows */

void httpread_begin(struct httpread *read, struct buf *body)
{
	struct buf line = read->line;

	*read = (struct httpread){.crc32 = -1,
				  .body = body,
				  .line = line,
				  .head_left = HTTPREAD_HEAD_MAX};
	read->line.max = HTTPREAD_HEAD_MAX;
	buf_reset(&read->line);
}

void httpread_dispose(struct httpread *read)
{
	buf_dispose(&read->line);
}

/*
 * Take a line, without its CRLF, off `bytes`: HTTPREAD_DONE when it is whole. It points into
 * `bytes`, or, when it came in parts, into read->line until the next one begins.
 */
static enum httpread_result take_line(struct httpread *read, struct slice *bytes,
				      struct slice *ret_line)
{
	const char *end = bytes->len > 0 ? memchr(bytes->ptr, '\n', bytes->len) : NULL;
	size_t len = end ? (size_t)(end - bytes->ptr) + 1 : bytes->len;
	struct slice line = {bytes->ptr, len};

	if (len > read->head_left)
		return HTTPREAD_WRONG;
	read->head_left -= len;
	bytes->ptr += len;
	bytes->len -= len;
	if (!end || read->line.len > 0) {
		buf_append(&read->line, line.ptr, line.len);
		if (read->line.failed)
			return HTTPREAD_FULL;
		line = buf_slice(&read->line);
	}
	if (!end)
		return HTTPREAD_MORE;
	if (line.len < 2 || line.ptr[line.len - 2] != '\r')
		return HTTPREAD_WRONG;
	*ret_line = (struct slice){line.ptr, line.len - 2};
	return HTTPREAD_DONE;
}

/* A number that is all of `text`, in base 10 or 16. */
static bool read_number(struct slice text, unsigned base, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.len == 0 || text.len > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		unsigned digit = base;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (unsigned)((c | 0x20) - 'a') + 10;
		if (digit >= base)
			return false;
		value = value * base + digit;
	}
	*ret = value;
	return true;
}

static struct slice trim(struct slice text)
{
	while (text.len > 0 && (*text.ptr == ' ' || *text.ptr == '\t')) {
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
		text.len--;
	return text;
}

/* Whether `text` is `word`, whatever its case. */
static bool is_word(struct slice text, const char *word)
{
	return text.len == strlen(word) && strncasecmp(text.ptr, word, text.len) == 0;
}

/* Whether this is an id, and nothing that could be more in a log. */
static bool is_id(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!isalnum((unsigned char)text.ptr[i]) && text.ptr[i] != '-')
			return false;
	return true;
}

/* Whether a list such as that of Connection has `word`. */
static bool list_has(struct slice list, const char *word)
{
	while (list.len > 0) {
		const char *comma = memchr(list.ptr, ',', list.len);
		size_t len = comma ? (size_t)(comma - list.ptr) : list.len;

		if (is_word(trim((struct slice){list.ptr, len}), word))
			return true;
		list.ptr += comma ? len + 1 : len;
		list.len -= comma ? len + 1 : len;
	}
	return false;
}

/* "HTTP/1.1 200 OK"; the reason may be missing. */
static bool read_status_line(struct httpread *read, struct slice line)
{
	uint64_t status;

	if (line.len < 12 || memcmp(line.ptr, "HTTP/1.", 7) != 0 || line.ptr[8] != ' ' ||
	    (line.ptr[7] != '0' && line.ptr[7] != '1') || (line.len > 12 && line.ptr[12] != ' ') ||
	    !read_number((struct slice){line.ptr + 9, 3}, 10, &status) || status < 100)
		return false;
	read->status = (int)status;
	read->keep = line.ptr[7] == '1';
	return true;
}

static bool read_header(struct httpread *read, struct slice line)
{
	const char *colon = memchr(line.ptr, ':', line.len);
	struct slice name, value;
	uint64_t number;

	if (!colon)
		return false;
	name = (struct slice){line.ptr, (size_t)(colon - line.ptr)};
	value = trim((struct slice){colon + 1, line.len - name.len - 1});
	/* A folded line begins with space; space before the colon is how requests were smuggled. */
	if (name.len == 0 || memchr(name.ptr, ' ', name.len) || memchr(name.ptr, '\t', name.len))
		return false;

	if (is_word(name, "Content-Length")) {
		if (!read_number(value, 10, &number) || (read->has_length && number != read->left))
			return false;
		read->has_length = true;
		read->left = number;
	} else if (is_word(name, "Transfer-Encoding")) {
		if (read->chunked || !is_word(value, "chunked"))
			return false;
		read->chunked = true;
	} else if (is_word(name, "Connection")) {
		if (list_has(value, "close"))
			read->keep = false;
	} else if (is_word(name, "X-Amz-Crc32")) {
		if (!read_number(value, 10, &number) || number > UINT32_MAX)
			return false;
		read->crc32 = (int64_t)number;
	} else if (is_word(name, "x-amzn-RequestId")) {
		if (is_id(value))
			(void)slice_copy(value, read->id, sizeof(read->id));
	}
	return true;
}

/* After the head: how its body comes (RFC 9112 §6.3). */
static enum httpread_result end_head(struct httpread *read)
{
	if (read->status == 101 || (read->chunked && read->has_length))
		return HTTPREAD_WRONG;
	if (read->status < 200) {
		size_t head_left = read->head_left;

		httpread_begin(read, read->body);
		read->head_left = head_left;
		return HTTPREAD_MORE;
	}
	if (read->status == 204 || read->status == 304)
		return HTTPREAD_DONE;
	if (read->chunked) {
		read->at = HTTPREAD_CHUNK_SIZE;
	} else if (read->has_length) {
		if (read->left == 0)
			return HTTPREAD_DONE;
		if (read->left > read->body->max)
			return HTTPREAD_FULL;
		read->at = HTTPREAD_BODY;
	} else {
		read->at = HTTPREAD_BODY_TO_END;
		read->keep = false;
	}
	return HTTPREAD_MORE;
}

/* The line of a chunk is its size, and extensions that nobody uses. */
static bool read_chunk_size(struct httpread *read, struct slice line)
{
	const char *extension = memchr(line.ptr, ';', line.len);

	if (extension)
		line.len = (size_t)(extension - line.ptr);
	if (!read_number(trim(line), 16, &read->left))
		return false;
	read->at = read->left > 0 ? HTTPREAD_CHUNK : HTTPREAD_TRAILER;
	return true;
}

static enum httpread_result read_line(struct httpread *read, struct slice *bytes)
{
	struct slice line;
	enum httpread_result result = take_line(read, bytes, &line);
	bool right = true;

	if (result != HTTPREAD_DONE)
		return result;
	result = HTTPREAD_MORE;
	switch (read->at) {
	case HTTPREAD_STATUS_LINE:
		right = read_status_line(read, line);
		read->at = HTTPREAD_HEADER;
		break;
	case HTTPREAD_HEADER:
		if (line.len > 0)
			right = read_header(read, line);
		else
			result = end_head(read);
		break;
	case HTTPREAD_CHUNK_SIZE:
		right = read_chunk_size(read, line);
		break;
	case HTTPREAD_CHUNK_END:
		right = line.len == 0;
		read->at = HTTPREAD_CHUNK_SIZE;
		break;
	default: /* HTTPREAD_TRAILER */
		if (line.len == 0)
			result = HTTPREAD_DONE;
		break;
	}
	buf_reset(&read->line);
	return right ? result : HTTPREAD_WRONG;
}

static enum httpread_result read_body(struct httpread *read, struct slice *bytes)
{
	bool to_end = read->at == HTTPREAD_BODY_TO_END;
	size_t len = to_end || bytes->len < read->left ? bytes->len : (size_t)read->left;

	buf_append(read->body, bytes->ptr, len);
	if (read->body->failed)
		return HTTPREAD_FULL;
	bytes->ptr += len;
	bytes->len -= len;
	if (to_end)
		return HTTPREAD_MORE;
	read->left -= len;
	if (read->left > 0)
		return HTTPREAD_MORE;
	if (read->at == HTTPREAD_BODY)
		return HTTPREAD_DONE;
	read->at = HTTPREAD_CHUNK_END;
	return HTTPREAD_MORE;
}

enum httpread_result httpread_feed(struct httpread *read, struct slice bytes)
{
	enum httpread_result result = HTTPREAD_MORE;

	while (result == HTTPREAD_MORE && bytes.len > 0) {
		switch (read->at) {
		case HTTPREAD_BODY:
		case HTTPREAD_BODY_TO_END:
		case HTTPREAD_CHUNK:
			result = read_body(read, &bytes);
			break;
		default:
			result = read_line(read, &bytes);
			break;
		}
	}
	if (bytes.len > 0)
		read->keep = false;
	return result;
}

bool httpread_ends(const struct httpread *read)
{
	return read->at == HTTPREAD_BODY_TO_END;
}
