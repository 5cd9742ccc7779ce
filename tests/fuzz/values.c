/* values.c - small parsers: an accepted text is written again unchanged. */
#include "fuzz.h"

#include "base/base64url.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/uuid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy((struct slice){(const char *)data, size});
	struct slice text = {copy, size};
	buf_auto decoded = BUF_INIT(1 << 20);
	buf_auto encoded = BUF_INIT(1 << 21);
	char uuid[UUID_SIZE], same[UUID_SIZE];
	char time[CLOCK_TEXT_SIZE];
	int64_t us, again;

	if (base64url_decode(text, &decoded) == 0) {
		base64url_encode(buf_slice(&decoded), &encoded);
		ALWAYS(slice_equal(buf_slice(&encoded), text));
	}
	if (uuid_parse(text, uuid) == 0) {
		ALWAYS(size == UUID_SIZE - 1);
		ALWAYS(uuid_parse(slice_of(uuid), same) == 0 && strcmp(uuid, same) == 0);
		if (uuid_v7_time(uuid, &us) == 0)
			clock_format(us, time);
	}
	if (clock_parse(text, &us) == 0) {
		clock_format(us, time);
		ALWAYS(clock_parse(slice_of(time), &again) == 0 && again == us);
	}
	ALWAYS(text_plain(text.ptr, text.len) <= text.len);
	free(copy);
	return 0;
}
