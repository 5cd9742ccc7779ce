/* frame_test.c - packets of events, as workers write them and the hub reads them. */
#include "unit.h"

#include "base/err.h"
#include "live/frame.h"

#define ANN "0a0b0c0d-0e0f-4a4b-8c8d-010203040506"
#define BEN "FFFFFFFF-ffff-4fff-8fff-ffffffffffff"

static void a_packet_is_read_as_it_was_written(void **state)
{
	const char *people[] = {ANN, BEN};
	buf_auto packet = BUF_INIT(FRAME_MAX);
	unsigned char person[FRAME_PERSON];
	struct frame frame;
	char *copy;

	(void)state;
	assert_int_equal(frame_write(people, 2, "message", SLICE("{\"a\":1}"), &packet), 0);
	copy = exact_copy(packet.data, packet.len);
	assert_int_equal(frame_read((struct slice){copy, packet.len}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_TO);
	assert_int_equal(frame.count, 2);
	assert_true(slice_is(frame.text, "event: message\ndata: {\"a\":1}\n\n"));
	assert_int_equal(frame_person(SLICE(BEN), person), 0);
	assert_memory_equal(frame.people + FRAME_PERSON, person, sizeof(person));
	assert_memory_equal(frame.people, "\x0a\x0b\x0c\x0d\x0e\x0f\x4a\x4b\x8c\x8d\1\2\3\4\5\6",
			    FRAME_PERSON);
	free(copy);
}

static void a_packet_for_all_has_no_people(void **state)
{
	buf_auto packet = BUF_INIT(FRAME_MAX);
	struct frame frame;
	char *copy;

	(void)state;
	assert_int_equal(frame_write_all("person", SLICE("{}"), &packet), 0);
	copy = exact_copy(packet.data, packet.len);
	assert_int_equal(frame_read((struct slice){copy, packet.len}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_ALL);
	assert_int_equal(frame.count, 0);
	assert_true(slice_is(frame.text, "event: person\ndata: {}\n\n"));
	free(copy);
}

static void a_packet_that_counts_a_crud_or_revokes_is_only_a_uuid(void **state)
{
	buf_auto packet = BUF_INIT(FRAME_MAX);
	struct frame frame;
	char *copy;

	(void)state;
	assert_int_equal(frame_write_newer(ANN, &packet), 0);
	assert_int_equal(packet.len, FRAME_HEAD + FRAME_PERSON);
	copy = exact_copy(packet.data, packet.len);
	assert_int_equal(frame_read((struct slice){copy, packet.len}, &frame), 0);
	assert_int_equal(frame.kind, FRAME_NEWER);
	assert_int_equal(frame.count, 1);
	assert_memory_equal(frame.people, "\x0a\x0b\x0c\x0d\x0e\x0f\x4a\x4b\x8c\x8d\1\2\3\4\5\6",
			    FRAME_PERSON);
	assert_int_equal(frame.text.len, 0);
	assert_int_equal(frame_write_newer("ann", &packet), ERR_INVALID);
	free(copy);

	assert_int_equal(frame_write_revoked(ANN, &packet), 0);
	assert_int_equal(packet.len, FRAME_HEAD + FRAME_PERSON);
	assert_int_equal(frame_read(buf_slice(&packet), &frame), 0);
	assert_int_equal(frame.kind, FRAME_REVOKED);
	assert_int_equal(frame.count, 1);
	assert_int_equal(frame.text.len, 0);
	buf_putc(&packet, 'x');
	assert_int_equal(frame_read(buf_slice(&packet), &frame), ERR_INVALID);
	packet.data[2] = 0;
	packet.len = FRAME_HEAD;
	assert_int_equal(frame_read(buf_slice(&packet), &frame), ERR_INVALID);
	assert_int_equal(frame_write_revoked("ann", &packet), ERR_INVALID);
}

static void only_uuids_are_people(void **state)
{
	static const char *const others[] = {
		"",
		"0a0b0c0d-0e0f-4a4b-8c8d-01020304050",
		"0a0b0c0d-0e0f-4a4b-8c8d-0102030405066",
		"0a0b0c0d-0e0f-4a4b-8c8d-01020304050g",
		"0a0b0c0d00e0f-4a4b-8c8d-010203040506",
		"0a0b0c0d-0e0f-4a4b-8c8d+010203040506",
	};
	unsigned char person[FRAME_PERSON] = "unchanged";
	buf_auto packet = BUF_INIT(FRAME_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_int_equal(frame_person(slice_of(others[i]), person), ERR_INVALID);
		assert_string_equal((char *)person, "unchanged");
		assert_int_equal(frame_write(&others[i], 1, "read", SLICE("{}"), &packet),
				 ERR_INVALID);
	}
}

static void a_packet_has_a_largest_size(void **state)
{
	static char text[FRAME_TEXT_MAX + 1];
	const size_t most = FRAME_TEXT_MAX - (sizeof("event: e\ndata: \n\n") - 1);
	const char *people[FRAME_RECEIVERS_MAX + 1];
	buf_auto packet = BUF_INIT(FRAME_MAX);
	struct frame frame;

	(void)state;
	for (size_t i = 0; i < COUNT(people); i++)
		people[i] = ANN;
	memset(text, '1', sizeof(text));
	assert_int_equal(frame_write(people, FRAME_RECEIVERS_MAX, "e", (struct slice){text, most},
				     &packet),
			 0);
	assert_int_equal(packet.len, FRAME_MAX);
	assert_int_equal(frame_read(buf_slice(&packet), &frame), 0);
	assert_int_equal(frame_write(people, 1, "e", (struct slice){text, most + 1}, &packet),
			 ERR_INVALID);
	assert_int_equal(frame_write(people, 1, "e", (struct slice){text, sizeof(text)}, &packet),
			 ERR_INVALID);
	assert_int_equal(frame_write_all("e", (struct slice){text, most}, &packet), 0);
	assert_int_equal(packet.len, FRAME_HEAD + FRAME_TEXT_MAX);
	assert_int_equal(frame_read(buf_slice(&packet), &frame), 0);
	assert_int_equal(frame_write_all("e", (struct slice){text, most + 1}, &packet),
			 ERR_INVALID);
	assert_int_equal(frame_write(people, COUNT(people), "e", SLICE("{}"), &packet),
			 ERR_INVALID);
	assert_int_equal(frame_write(people, 0, "e", SLICE("{}"), &packet), ERR_INVALID);
}

static void other_bytes_are_refused(void **state)
{
	static const struct slice packets[] = {
		{"", 0},
		{"\1\1\1", 3},
		{"\2\1\1\0 sixteen bytes .. text", 26}, /* of another release */
		{"\1\0\1\0 sixteen bytes .. text", 26}, /* no kind */
		{"\1\4\1\0 sixteen bytes .. text", 26}, /* of a later release */
		{"\1\2\1\0 sixteen bytes .. text", 26}, /* for all, and for a person */
		{"\1\2\0\0", 4},			/* for all, without a text */
		{"\1\3\0\0", 4},			/* counts no crud */
		{"\1\3\1\0sixteen bytes ..t", 21},	/* a crud and a text */
		{"\1\3\1\0fifteen bytes ..", 19},	/* a crud that is cut short */
		{"\1\1\0\0text", 8},			/* nobody */
		{"\1\1\101\0text", 8},			/* 65 people */
		{"\1\1\0\1text", 8},			/* 256 people */
		{"\1\1\1\0fifteen bytes ..", 19},	/* a person who is cut short */
		{"\1\1\1\0sixteen bytes ...", 20},	/* no text */
	};
	struct frame frame;

	(void)state;
	for (size_t i = 0; i < COUNT(packets); i++)
		assert_int_equal(frame_read(packets[i], &frame), ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_is_read_as_it_was_written),
		cmocka_unit_test(a_packet_for_all_has_no_people),
		cmocka_unit_test(a_packet_that_counts_a_crud_or_revokes_is_only_a_uuid),
		cmocka_unit_test(only_uuids_are_people),
		cmocka_unit_test(a_packet_has_a_largest_size),
		cmocka_unit_test(other_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
