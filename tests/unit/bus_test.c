/* bus_test.c - payloads of the bus; the connection itself is tested with PostgreSQL (area bus). */
#include "unit.h"

#include "base/err.h"
#include "live/bus.h"

#define ANN	"0a0b0c0d-0e0f-4a4b-8c8d-010203040506"
#define NOTHING "0000000000000001 5 h "

static const char *const people[] = {ANN};

static void write_frame(struct buf *packet)
{
	assert_int_equal(frame_write(people, 1, "read", SLICE("{}"), packet), 0);
}

static void a_frame_comes_out_as_it_went_in(void **state)
{
	buf_auto packet = BUF_INIT(FRAME_MAX);
	buf_auto text = BUF_INIT(BUS_PAYLOAD_MAX);
	buf_auto out = BUF_INIT(BUS_PAYLOAD_MAX);
	struct bus_payload payload;
	struct slice read;

	(void)state;
	write_frame(&packet);
	assert_int_equal(bus_write_packet(buf_slice(&packet), &text), 0);
	assert_int_equal(bus_read(buf_slice(&text), &out, &payload), 0);
	assert_int_equal(payload.id, 0);
	assert_int_equal(payload.number, 0);
	assert_int_equal(payload.kind, BUS_FRAMES);
	assert_true(bus_next_packet(&payload.frames, &read));
	assert_true(slice_equal(read, buf_slice(&packet)));
	assert_false(bus_next_packet(&payload.frames, &read));
}

static void heartbeats_have_a_number_and_no_frames(void **state)
{
	buf_auto out = BUF_INIT(BUS_PAYLOAD_MAX);
	struct bus_payload payload;
	struct slice read;

	(void)state;
	assert_int_equal(bus_read(SLICE("fedcba9876543210 1f h "), &out, &payload), 0);
	assert_true(payload.id == 0xfedcba9876543210);
	assert_int_equal(payload.number, 0x1f);
	assert_int_equal(payload.kind, BUS_HEARTBEAT);
	assert_false(bus_next_packet(&payload.frames, &read));
	assert_int_equal(bus_read(SLICE("fedcba9876543210 1f e "), &out, &payload), 0);
	assert_int_equal(payload.kind, BUS_END);
}

static void a_frame_fits_up_to_a_size(void **state)
{
	static char bytes[8000];
	buf_auto text = BUF_INIT(BUS_PAYLOAD_MAX);
	size_t fits = 0;

	(void)state;
	for (size_t len = 5900; len < 6100; len++)
		if (bus_write_packet((struct slice){bytes, len}, &text) == 0) {
			fits = len;
			assert_true(text.len <= BUS_PAYLOAD_MAX);
		}
	/* 7,999 bytes of a payload, 36 of its head, 2 of the length: PostgreSQL, NOTIFY. */
	assert_int_equal(fits, (7999 - 36) / 4 * 3 - 2);
	assert_int_equal(bus_write_packet((struct slice){bytes, sizeof(bytes)}, &text),
			 ERR_INVALID);
}

static void other_texts_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"0000000000000001",
		"0000000000000001 5",
		"0000000000000001 5 x ",
		"0000000000000001 5 hh ",
		"0000000000000001 5 h !",
		"000000000000001 5 h ",
		"00000000000000001 5 h ",
		"000000000000000g 5 h ",
		"0000000000000001 10000000000000000 h ",
		"0000000000000001  h ",
	};
	buf_auto out = BUF_INIT(BUS_PAYLOAD_MAX);
	struct bus_payload payload;

	(void)state;
	assert_int_equal(bus_read(SLICE(NOTHING), &out, &payload), 0);
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(bus_read(slice_of(texts[i]), &out, &payload), ERR_INVALID);
}

static void packets_end_where_a_length_is_wrong(void **state)
{
	struct slice frames = SLICE("\1\0a\0\0\5\0b");
	struct slice packet;

	(void)state;
	assert_true(bus_next_packet(&frames, &packet));
	assert_true(slice_is(packet, "a"));
	assert_true(bus_next_packet(&frames, &packet));
	assert_int_equal(packet.len, 0);
	assert_false(bus_next_packet(&frames, &packet));
	frames = SLICE("\1");
	assert_false(bus_next_packet(&frames, &packet));
}

static void resync_has_the_receivers_of_another_frame(void **state)
{
	buf_auto packet = BUF_INIT(FRAME_MAX);
	buf_auto resync = BUF_INIT(FRAME_MAX);
	struct frame frame, of;

	(void)state;
	write_frame(&packet);
	assert_int_equal(frame_read(buf_slice(&packet), &of), 0);
	assert_int_equal(frame_write_resync(&of, &resync), 0);
	assert_int_equal(frame_read(buf_slice(&resync), &frame), 0);
	assert_int_equal(frame.kind, FRAME_RESYNC);
	assert_int_equal(frame.count, 1);
	assert_memory_equal(frame.people, of.people, FRAME_PERSON);
	assert_int_equal(frame_write_resync(NULL, &resync), 0);
	assert_int_equal(frame_read(buf_slice(&resync), &frame), 0);
	assert_int_equal(frame.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_comes_out_as_it_went_in),
		cmocka_unit_test(heartbeats_have_a_number_and_no_frames),
		cmocka_unit_test(a_frame_fits_up_to_a_size),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(packets_end_where_a_length_is_wrong),
		cmocka_unit_test(resync_has_the_receivers_of_another_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
