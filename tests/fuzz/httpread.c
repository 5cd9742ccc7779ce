/*
 * httpread.c - any bytes that a server may send: the result does not depend on how the network
 * splits them. First byte of the input: the length of the parts.
 */
#include "fuzz.h"

#include "net/httpread.h"

#define BODY_MAX 512

static const char *const wanted[HTTPREAD_WANTED_MAX] = {"x-amzn-RequestId", "X-Amz-Crc32"};

static enum httpread_result feed(struct httpread *read, struct buf *body, struct slice bytes,
				 size_t step)
{
	enum httpread_result result = HTTPREAD_MORE;

	httpread_begin(read, wanted, body);
	while (bytes.len > 0 && result == HTTPREAD_MORE) {
		size_t len = bytes.len < step ? bytes.len : step;
		char *part = fuzz_copy((struct slice){bytes.ptr, len});

		result = httpread_feed(read, (struct slice){part, len});
		free(part);
		bytes.ptr += len;
		bytes.len -= len;
	}
	return result;
}

static bool same_header(const struct httpread *a, const struct httpread *b, const char *name)
{
	const char *one = httpread_header(a, name), *other = httpread_header(b, name);

	return one && other ? strcmp(one, other) == 0 : one == other;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct httpread whole = {0}, cut = {0};
	buf_auto body = BUF_INIT(BODY_MAX);
	buf_auto again = BUF_INIT(BODY_MAX);
	enum httpread_result result;
	struct slice bytes;

	if (size == 0)
		return 0;
	bytes = (struct slice){(const char *)data + 1, size - 1};
	result = feed(&whole, &body, bytes, size);
	ALWAYS(feed(&cut, &again, bytes, (size_t)data[0] + 1) == result);
	ALWAYS(body.len <= BODY_MAX);
	if (result == HTTPREAD_DONE || result == HTTPREAD_MORE) {
		ALWAYS(slice_equal(buf_slice(&body), buf_slice(&again)));
		for (size_t i = 0; i < HTTPREAD_WANTED_MAX; i++)
			ALWAYS(same_header(&whole, &cut, wanted[i]));
		ALWAYS(whole.status == cut.status);
		ALWAYS(httpread_ends(&whole) == httpread_ends(&cut));
	}
	if (result == HTTPREAD_DONE)
		ALWAYS(whole.status >= 200 && whole.status <= 999);
	httpread_dispose(&whole);
	httpread_dispose(&cut);
	return 0;
}
