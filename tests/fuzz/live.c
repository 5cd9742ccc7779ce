/*
 * live.c - whatever may arrive at the sockets of live_hub: bytes on the one of nginx, whose reading
 * does not depend on how they are split, and packets on that of the workers; and payloads of other
 * machines. First byte of the input: the length of the parts; 0: the rest is a packet; 255: a
 * payload.
 */
#include "fuzz.h"

#include "live/bus.h"
#include "live/fastcgi.h"
#include "live/frame.h"

static int feed(struct fastcgi *in, struct slice bytes, size_t step)
{
	int r = 0;

	fastcgi_begin(in);
	while (bytes.len > 0 && r == 0) {
		struct slice part = {bytes.ptr, bytes.len < step ? bytes.len : step};
		char *copy = fuzz_copy(part);

		r = fastcgi_feed(in, (struct slice){copy, part.len});
		free(copy);
		bytes = slice_from(bytes, part.len);
	}
	return r;
}

static void read_request(struct slice bytes, size_t step)
{
	static const char *const names[] = {"DOCUMENT_URI", "REQUEST_METHOD", ""};
	struct fastcgi whole, cut;

	ALWAYS(feed(&whole, bytes, bytes.len) == feed(&cut, bytes, step));
	ALWAYS(fastcgi_complete(&whole) == fastcgi_complete(&cut));
	ALWAYS(whole.params.len <= FASTCGI_PARAMS_MAX);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct slice one = {0}, other = {0};

		if (!fastcgi_complete(&whole))
			break;
		ALWAYS(whole.id == cut.id && whole.id != 0);
		ALWAYS(fastcgi_param(&whole, names[i], &one) ==
		       fastcgi_param(&cut, names[i], &other));
		ALWAYS(slice_equal(one, other));
	}
	fastcgi_dispose(&whole);
	fastcgi_dispose(&cut);
}

static void read_packet(struct slice bytes)
{
	char *copy = fuzz_copy(bytes);
	struct frame frame;

	if (frame_read((struct slice){copy, bytes.len}, &frame) == 0) {
		bool has_text = frame.kind == FRAME_TO || frame.kind == FRAME_ALL;

		ALWAYS(frame.kind >= FRAME_TO && frame.kind <= FRAME_RESYNC);
		ALWAYS(frame.kind != FRAME_ALL || frame.count == 0);
		ALWAYS(frame.count > 0 || frame.kind == FRAME_ALL || frame.kind == FRAME_RESYNC);
		ALWAYS(has_text == (frame.text.len > 0));
		ALWAYS(frame.count <= (frame.kind == FRAME_NEWER ? 1 : FRAME_RECEIVERS_MAX));
		ALWAYS(frame.text.len <= FRAME_TEXT_MAX);
		ALWAYS(frame.people + frame.count * FRAME_PERSON ==
		       (const unsigned char *)frame.text.ptr);
		ALWAYS(frame.text.ptr + frame.text.len == copy + bytes.len);
	}
	free(copy);
}

/* A payload that can be read has packets that lie in it, one after the other. */
static void read_payload(struct slice bytes)
{
	char *copy = fuzz_copy(bytes);
	struct buf out = BUF_INIT(BUS_PAYLOAD_MAX);
	struct bus_payload payload;
	struct slice packet;

	if (bus_read((struct slice){copy, bytes.len}, &out, &payload) == 0) {
		const char *end = payload.frames.ptr;

		while (bus_next_packet(&payload.frames, &packet)) {
			ALWAYS(packet.ptr == end + 2);
			end = packet.ptr + packet.len;
			ALWAYS(end == payload.frames.ptr && end <= out.data + out.len);
			read_packet(packet);
		}
	}
	buf_dispose(&out);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes;

	if (size < 2)
		return 0;
	bytes = (struct slice){(const char *)data + 1, size - 1};
	if (data[0] == 0)
		read_packet(bytes);
	else if (data[0] == 255)
		read_payload(bytes);
	else
		read_request(bytes, data[0]);
	return 0;
}
