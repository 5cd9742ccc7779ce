/*
 * httpread.c - see httpread.h.
 *
 *	HTTP/1.1 200 OK␍␊               STATUS_LINE
 *	Content-Length: 5␍␊             HEADER, once per line
 *	␍␊                              HEADER: the empty line, end_head
 *	hello                           BODY, `left` bytes
 *
 *	HTTP/1.1 200 OK␍␊
 *	Transfer-Encoding: chunked␍␊
 *	␍␊
 *	5;extension=ignored␍␊           CHUNK_SIZE, hexadecimal
 *	hello␍␊                         CHUNK, `left` bytes, then CHUNK_END
 *	0␍␊                             CHUNK_SIZE
 *	X-Trailer: ignored␍␊            TRAILER
 *	␍␊                              TRAILER: the empty line ends the answer
 *
 *	HTTP/1.1 200 OK␍␊
 *	␍␊
 *	hello…                          BODY_TO_END, until the peer closes the connection
 */
#include "net/httpread.h"

#include <ctype.h>

#define LENGTH_MAX ((uint64_t)1 << 50) /* no body is longer; sums of lengths cannot overflow */

void httpread_begin(struct httpread *read, const char *const wanted[HTTPREAD_WANTED_MAX],
		    struct buf *body)
{
	struct buf line = read->line;

	*read = (struct httpread){.body = body, .line = line, .head_left = HTTPREAD_HEAD_MAX};
	for (size_t i = 0; i < HTTPREAD_WANTED_MAX && wanted[i]; i++)
		read->wanted[i].name = wanted[i];
	read->line.max = HTTPREAD_HEAD_MAX;
	buf_reset(&read->line);
}

void httpread_dispose(struct httpread *read)
{
	buf_dispose(&read->line);
}

/*
 * Take a line off `bytes`. The line is returned without its CRLF. It points into `bytes` or, when
 * it arrived in parts, into read->line, until the next line begins.
 *
 * Returns HTTPREAD_DONE when the line is complete.
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
	*bytes = slice_from(*bytes, len);
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

/* Whether a list, such as the value of Connection, contains `word`. */
static bool list_has(struct slice list, const char *word)
{
	while (list.len > 0)
		if (slice_is_caseless(slice_trim(slice_cut(&list, ',')), word))
			return true;
	return false;
}

/* Read "HTTP/1.1 200 OK". The reason phrase and the blank before it may be missing. */
static bool read_status_line(struct httpread *read, struct slice line)
{
	uint64_t status;

	if (line.len < 12 || memcmp(line.ptr, "HTTP/1.", 7) != 0 || line.ptr[8] != ' ' ||
	    (line.ptr[7] != '0' && line.ptr[7] != '1') || (line.len > 12 && line.ptr[12] != ' ') ||
	    !slice_number((struct slice){line.ptr + 9, 3}, 10, 999, &status) || status < 100)
		return false;
	read->status = (int)status;
	read->keep = line.ptr[7] == '1';
	return true;
}

static bool is_plain(struct slice value)
{
	for (size_t i = 0; i < value.len; i++)
		if (!isalnum((unsigned char)value.ptr[i]) && value.ptr[i] != '-')
			return false;
	return value.len > 0 && value.len <= HTTPREAD_VALUE_MAX;
}

/* Keep a header if the caller wants it; the last plain value wins. */
static void keep_wanted(struct httpread *read, struct slice name, struct slice value)
{
	for (size_t i = 0; i < HTTPREAD_WANTED_MAX && read->wanted[i].name; i++) {
		if (!slice_is_caseless(name, read->wanted[i].name))
			continue;
		read->wanted[i].present = true;
		if (is_plain(value))
			slice_copy(value, read->wanted[i].value, sizeof(read->wanted[i].value));
	}
}

static bool read_header(struct httpread *read, struct slice line)
{
	struct slice value = line;
	struct slice name = slice_cut(&value, ':');
	uint64_t length;

	if (name.len == line.len)
		return false; /* no colon */
	/* A folded line begins with a blank; a blank before the colon can smuggle a request. */
	if (name.len == 0 || memchr(name.ptr, ' ', name.len) || memchr(name.ptr, '\t', name.len))
		return false;

	value = slice_trim(value);
	if (slice_is_caseless(name, "Content-Length")) {
		if (!slice_number(value, 10, LENGTH_MAX, &length) ||
		    (read->has_length && length != read->left))
			return false;
		read->has_length = true;
		read->left = length;
	} else if (slice_is_caseless(name, "Transfer-Encoding")) {
		if (read->chunked || !slice_is_caseless(value, "chunked"))
			return false;
		read->chunked = true;
	} else if (slice_is_caseless(name, "Connection")) {
		if (list_has(value, "close"))
			read->keep = false;
	} else {
		keep_wanted(read, name, value);
	}
	return true;
}

/* An interim answer is over: read the next one, within the same maximum of the head. */
static void begin_again(struct httpread *read)
{
	const char *wanted[HTTPREAD_WANTED_MAX];
	size_t head_left = read->head_left;

	for (size_t i = 0; i < HTTPREAD_WANTED_MAX; i++)
		wanted[i] = read->wanted[i].name;
	httpread_begin(read, wanted, read->body);
	read->head_left = head_left;
}

/* The head is complete: find out how long the body is (RFC 9112 §6.3). */
static enum httpread_result end_head(struct httpread *read)
{
	if (read->status == 101 || (read->chunked && read->has_length))
		return HTTPREAD_WRONG;
	if (read->status < 200) {
		begin_again(read);
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

/* Read the size of a chunk; extensions after it are ignored. */
static bool read_chunk_size(struct httpread *read, struct slice line)
{
	if (!slice_number(slice_trim(slice_cut(&line, ';')), 16, LENGTH_MAX, &read->left))
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
	*bytes = slice_from(*bytes, len);
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

const char *httpread_header(const struct httpread *read, const char *name)
{
	for (size_t i = 0; i < HTTPREAD_WANTED_MAX; i++)
		if (read->wanted[i].present && strcmp(read->wanted[i].name, name) == 0)
			return read->wanted[i].value;
	return NULL;
}
