/* buf_test.c - buffers respect their maximum, remember a failure, and end in a NUL. */
#include "unit.h"

#include "base/buf.h"

static void appends_in_order(void **state)
{
	buf_auto buf = BUF_INIT(100);

	(void)state;
	assert_null(buf.data);
	buf_append(&buf, "ab\0c", 4);
	buf_puts(&buf, "def");
	buf_putc(&buf, '!');
	buf_printf(&buf, "%d-%s", 42, "x");
	assert_false(buf.failed);
	assert_true(slice_equal(buf_slice(&buf), SLICE("ab\0cdef!42-x")));
	assert_int_equal(buf.data[buf.len], '\0');
}

static void grows_byte_by_byte_to_its_maximum(void **state)
{
	buf_auto buf = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		buf_putc(&buf, (char)('a' + i % 26));
		assert_int_equal(buf.data[i + 1], '\0');
	}
	assert_false(buf.failed);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	assert_true(buf.cap <= 1001);

	buf_putc(&buf, 'x');
	assert_true(buf.failed);
	assert_int_equal(buf.len, 1000);
}

static void after_a_failure_nothing_is_appended(void **state)
{
	buf_auto buf = BUF_INIT(5);

	(void)state;
	buf_puts(&buf, "abc");
	buf_puts(&buf, "def");
	assert_true(buf.failed);
	buf_puts(&buf, "g");
	buf_printf(&buf, "%d", 1);
	assert_null(buf_reserve(&buf, 0));
	assert_string_equal(buf.data, "abc");

	buf_reset(&buf);
	assert_false(buf.failed);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf.data, "");
	buf_printf(&buf, "%s", "vwxyz");
	assert_false(buf.failed);
	assert_string_equal(buf.data, "vwxyz");
	buf_printf(&buf, "%s", "a");
	assert_true(buf.failed);
	assert_string_equal(buf.data, "vwxyz");
}

static void lengths_near_size_max_do_not_overflow(void **state)
{
	buf_auto buf = BUF_INIT(100);

	(void)state;
	buf_puts(&buf, "abc");
	assert_null(buf_reserve(&buf, SIZE_MAX));
	assert_true(buf.failed);
	buf_reset(&buf);
	assert_null(buf_reserve(&buf, SIZE_MAX - 2));
	assert_true(buf.failed);
}

static void reserved_bytes_belong_to_the_caller(void **state)
{
	buf_auto buf = BUF_INIT(300);
	char *at;

	(void)state;
	buf_puts(&buf, "ab");
	at = buf_reserve(&buf, 200);
	assert_ptr_equal(at, buf.data + 2);
	memset(at, 'z', 200);
	buf.len += 200;
	assert_int_equal(strlen(buf.data), 202);
}

static void an_empty_append_gives_an_empty_string(void **state)
{
	buf_auto buf = BUF_INIT(0);

	(void)state;
	buf_append(&buf, NULL, 0);
	assert_false(buf.failed);
	assert_string_equal(buf.data, "");
	buf_putc(&buf, 'a');
	assert_true(buf.failed);
}

static void can_be_used_again_after_dispose(void **state)
{
	struct buf buf = BUF_INIT(3);

	(void)state;
	buf_puts(&buf, "abcd");
	buf_dispose(&buf);
	buf_dispose(&buf);
	assert_null(buf.data);
	assert_false(buf.failed);
	buf_puts(&buf, "abc");
	assert_string_equal(buf.data, "abc");
	buf_putc(&buf, 'd');
	assert_true(buf.failed);
	buf_dispose(&buf);
}

static void slices_compare_by_length_and_bytes(void **state)
{
	(void)state;
	assert_true(slice_is(SLICE("abc"), "abc"));
	assert_false(slice_is(SLICE("abc"), "ab"));
	assert_false(slice_is(SLICE("ab\0"), "ab"));
	assert_true(slice_is((struct slice){NULL, 0}, ""));
	assert_false(slice_equal(SLICE("abc"), SLICE("abd")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_in_order),
		cmocka_unit_test(grows_byte_by_byte_to_its_maximum),
		cmocka_unit_test(after_a_failure_nothing_is_appended),
		cmocka_unit_test(lengths_near_size_max_do_not_overflow),
		cmocka_unit_test(reserved_bytes_belong_to_the_caller),
		cmocka_unit_test(an_empty_append_gives_an_empty_string),
		cmocka_unit_test(can_be_used_again_after_dispose),
		cmocka_unit_test(slices_compare_by_length_and_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
