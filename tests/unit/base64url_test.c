/* base64url_test.c - encoding and strict decoding: each byte string has exactly one text. */
#include "unit.h"

#include "base/base64url.h"
#include "base/err.h"

static void the_examples_of_the_rfc_are_encoded_and_decoded(void **state)
{
	static const struct {
		struct slice bytes, text;
	} cases[] = {
		{SLICE(""), SLICE("")},
		{SLICE("f"), SLICE("Zg")},
		{SLICE("fo"), SLICE("Zm8")},
		{SLICE("foo"), SLICE("Zm9v")},
		{SLICE("foob"), SLICE("Zm9vYg")},
		{SLICE("fooba"), SLICE("Zm9vYmE")},
		{SLICE("foobar"), SLICE("Zm9vYmFy")},
		{SLICE("\xFB\xFF\xBF\x00"), SLICE("-_-_AA")},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_auto text = BUF_INIT(100);
		buf_auto bytes = BUF_INIT(100);

		base64url_encode(cases[i].bytes, &text);
		assert_true(slice_equal(buf_slice(&text), cases[i].text));
		assert_int_equal(base64url_decode(cases[i].text, &bytes), 0);
		assert_true(slice_equal(buf_slice(&bytes), cases[i].bytes));
		assert_int_equal(bytes.data[bytes.len], '\0');
	}
}

static void texts_that_are_not_canonical_are_refused(void **state)
{
	static const struct slice cases[] = {
		SLICE("Z"),	  SLICE("A"),	      SLICE("Zm9vA"), SLICE("Zm9vY"),
		SLICE("Zg=="),	  SLICE("Zm8="),      SLICE("="),     SLICE("Zm9v="),
		SLICE("Zm9v\n"),  SLICE(" Zm9"),      SLICE("Zm 9v"), SLICE("+_-_"),
		SLICE("-/-_"),	  SLICE("Zm9\0"),     SLICE("Zh"),    SLICE("Zm9"),
		SLICE("Zm9vYh"),  SLICE("Zm9vYmF"),   SLICE("Z."),    SLICE("Zm9\x80"),
		SLICE("Zm9\xFF"), SLICE("Zm9v.Zm9v"),
	};
	buf_auto bytes = BUF_INIT(100);

	(void)state;
	buf_puts(&bytes, "kept");
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(base64url_decode(cases[i], &bytes), ERR_INVALID);
		assert_string_equal(bytes.data, "kept");
		assert_int_equal(bytes.len, 4);
	}
}

/* Each text of two characters is refused, or decoded bytes are encoded to the same text. */
static void texts_of_two_characters_are_canonical_or_refused(void **state)
{
	size_t valid = 0;

	(void)state;
	for (int a = 0; a < 256; a++) {
		for (int b = 0; b < 256; b++) {
			const char pair[] = {(char)a, (char)b};
			buf_auto bytes = BUF_INIT(10);
			buf_auto again = BUF_INIT(10);

			if (base64url_decode((struct slice){pair, 2}, &bytes) != 0)
				continue;
			valid++;
			base64url_encode(buf_slice(&bytes), &again);
			assert_true(slice_equal(buf_slice(&again), (struct slice){pair, 2}));
		}
	}
	assert_int_equal(valid, 256);
}

static void random_bytes_survive_a_round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		char any[100];
		size_t len = random_below(sizeof(any));
		buf_auto text = BUF_INIT(200);
		buf_auto bytes = BUF_INIT(100);

		for (size_t j = 0; j < len; j++)
			any[j] = (char)random_below(256);
		base64url_encode((struct slice){any, len}, &text);
		assert_int_equal(text.len, (len * 8 + 5) / 6);
		assert_int_equal(base64url_decode(buf_slice(&text), &bytes), 0);
		assert_true(slice_equal(buf_slice(&bytes), (struct slice){any, len}));
	}
}

static void a_full_buffer_is_reported(void **state)
{
	buf_auto bytes = BUF_INIT(2);
	buf_auto text = BUF_INIT(3);

	(void)state;
	assert_int_equal(base64url_decode(SLICE("Zm9v"), &bytes), ERR_NO_MEMORY);
	assert_int_equal(bytes.len, 0);
	buf_reset(&bytes);
	assert_int_equal(base64url_decode(SLICE("Zm8"), &bytes), 0);
	assert_string_equal(bytes.data, "fo");
	base64url_encode(SLICE("foo"), &text);
	assert_true(text.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_rfc_are_encoded_and_decoded),
		cmocka_unit_test(texts_that_are_not_canonical_are_refused),
		cmocka_unit_test(texts_of_two_characters_are_canonical_or_refused),
		cmocka_unit_test(random_bytes_survive_a_round_trip),
		cmocka_unit_test(a_full_buffer_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
