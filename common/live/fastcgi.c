/* fastcgi.c - see fastcgi.h. */
#include "live/fastcgi.h"

#include <assert.h>
#include <string.h>

#include "base/err.h"

#define VERSION	  1
#define RESPONDER 1

/* Types of records (§8). */
enum type {
	BEGIN_REQUEST = 1,
	ABORT_REQUEST = 2,
	END_REQUEST = 3,
	PARAMS = 4,
	STDIN = 5,
	STDOUT = 6,
};

/* Bytes of the current record's head. */
enum { AT_VERSION, AT_TYPE, AT_ID, AT_LENGTH = 4, AT_PADDING = 6 };

static uint16_t two_bytes(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

void fastcgi_begin(struct fastcgi *in)
{
	*in = (struct fastcgi){.params = BUF_INIT(FASTCGI_PARAMS_MAX)};
}

void fastcgi_dispose(struct fastcgi *in)
{
	buf_dispose(&in->params);
}

bool fastcgi_complete(const struct fastcgi *in)
{
	return in->complete;
}

/*
 * A length of a name or value (§3.4): one byte, or four of which the first bit is set.
 * Returns false when `rest` is too short.
 */
static bool cut_length(struct slice *rest, size_t *ret_len)
{
	const uint8_t *at = (const uint8_t *)rest->ptr;

	if (rest->len < 1)
		return false;
	if (at[0] < 0x80) {
		*ret_len = at[0];
		*rest = slice_from(*rest, 1);
		return true;
	}
	if (rest->len < 4)
		return false;
	*ret_len = (size_t)(at[0] & 0x7f) << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
	*rest = slice_from(*rest, 4);
	return true;
}

/* Cut the next name and value. Returns false when they are not whole. */
static bool cut_pair(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
	size_t name, value;

	if (!cut_length(rest, &name) || !cut_length(rest, &value) || name > rest->len ||
	    value > rest->len - name)
		return false;
	*ret_name = (struct slice){rest->ptr, name};
	*rest = slice_from(*rest, name);
	*ret_value = (struct slice){rest->ptr, value};
	*rest = slice_from(*rest, value);
	return true;
}

int fastcgi_param(const struct fastcgi *in, const char *name, struct slice *ret_value)
{
	struct slice rest = buf_slice(&in->params);
	struct slice one, value;

	while (rest.len > 0 && cut_pair(&rest, &one, &value))
		if (slice_is(one, name)) {
			*ret_value = value;
			return 0;
		}
	return ERR_NOT_FOUND;
}

static bool params_are_whole(const struct fastcgi *in)
{
	struct slice rest = buf_slice(&in->params);
	struct slice name, value;

	while (rest.len > 0)
		if (!cut_pair(&rest, &name, &value))
			return false;
	return true;
}

/* The head of a record is there: decide whether its content can come. */
static int begin_record(struct fastcgi *in)
{
	const uint8_t *head = in->head;

	if (head[AT_VERSION] != VERSION || two_bytes(head + AT_ID) == 0)
		return ERR_INVALID;
	in->content = two_bytes(head + AT_LENGTH);
	in->padding = head[AT_PADDING];
	if (in->id == 0)
		return head[AT_TYPE] == BEGIN_REQUEST && in->content == 8 ? 0 : ERR_INVALID;
	if (two_bytes(head + AT_ID) != in->id)
		return ERR_INVALID;
	switch (head[AT_TYPE]) {
	case ABORT_REQUEST:
		return ERR_NOT_FOUND;
	case PARAMS:
		return in->complete || in->content > in->params.max - in->params.len ? ERR_INVALID
										     : 0;
	case STDIN:
		return in->complete ? 0 : ERR_INVALID;
	default:
		return ERR_INVALID;
	}
}

/* All content of a record has come; that of BEGIN_REQUEST is in `params`. */
static int end_record(struct fastcgi *in)
{
	if (in->head[AT_TYPE] == BEGIN_REQUEST) {
		if (two_bytes((const uint8_t *)in->params.data) != RESPONDER)
			return ERR_INVALID;
		in->id = two_bytes(in->head + AT_ID);
		buf_reset(&in->params);
	} else if (in->head[AT_TYPE] == PARAMS && two_bytes(in->head + AT_LENGTH) == 0) {
		if (!params_are_whole(in))
			return ERR_INVALID;
		in->complete = true;
	}
	return 0;
}

static size_t lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Take a part of the current record from `bytes`. */
static int take(struct fastcgi *in, struct slice *bytes)
{
	size_t len;

	if (in->head_len < FASTCGI_HEAD) {
		len = lesser(bytes->len, (size_t)FASTCGI_HEAD - in->head_len);
		memcpy(in->head + in->head_len, bytes->ptr, len);
		in->head_len = (uint8_t)(in->head_len + len);
		*bytes = slice_from(*bytes, len);
		return in->head_len == FASTCGI_HEAD ? begin_record(in) : 0;
	}
	if (in->content > 0) {
		len = lesser(bytes->len, in->content);
		if (!in->complete)
			buf_append(&in->params, bytes->ptr, len);
		if (in->params.failed)
			return ERR_NO_MEMORY;
		in->content -= (uint32_t)len;
	} else {
		len = lesser(bytes->len, in->padding);
		in->padding -= (uint32_t)len;
	}
	*bytes = slice_from(*bytes, len);
	return 0;
}

int fastcgi_feed(struct fastcgi *in, struct slice bytes)
{
	while (bytes.len > 0) {
		int r = take(in, &bytes);

		if (r < 0)
			return r;
		if (in->head_len < FASTCGI_HEAD || in->content > 0 || in->padding > 0)
			continue;
		r = end_record(in);
		if (r < 0)
			return r;
		in->head_len = 0;
	}
	return 0;
}

void fastcgi_head(uint16_t id, size_t len, unsigned char ret_head[FASTCGI_HEAD])
{
	assert(len > 0 && len <= FASTCGI_CONTENT_MAX);
	const unsigned char head[FASTCGI_HEAD] = {
		VERSION,
		STDOUT,
		(unsigned char)(id >> 8),
		(unsigned char)(id & 0xff),
		(unsigned char)(len >> 8),
		(unsigned char)(len & 0xff),
	};

	memcpy(ret_head, head, sizeof(head));
}

void fastcgi_end(uint16_t id, unsigned char ret_end[FASTCGI_END_SIZE])
{
	const unsigned char high = (unsigned char)(id >> 8);
	const unsigned char low = (unsigned char)(id & 0xff);
	const unsigned char end[FASTCGI_END_SIZE] = {
		VERSION, STDOUT,      high, low, 0, 0, 0, 0, /* no content */
		VERSION, END_REQUEST, high, low, 0, 8, 0, 0, /* status 0, REQUEST_COMPLETE */
	};

	memcpy(ret_end, end, sizeof(end));
}
