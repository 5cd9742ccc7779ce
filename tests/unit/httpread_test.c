/* httpread_test.c - answers are read in parts of any size, and malformed ones refused. */
#include "unit.h"

#include <stdio.h>

#include "net/httpread.h"

static const char *const wanted[HTTPREAD_WANTED_MAX] = {"x-amzn-RequestId", "X-Amz-Crc32"};

/* Feed `text` in parts of `step` bytes, until the answer is complete or refused. */
static enum httpread_result feed(struct httpread *read, struct buf *body, const char *text,
				 size_t step)
{
	enum httpread_result result = HTTPREAD_MORE;
	size_t len = strlen(text);

	buf_reset(body);
	httpread_begin(read, wanted, body);
	for (size_t at = 0; at < len && result == HTTPREAD_MORE; at += step) {
		size_t part = len - at < step ? len - at : step;
		char *copy = exact_copy(text + at, part);

		result = httpread_feed(read, (struct slice){copy, part});
		free(copy);
	}
	return result;
}

/* `value`: NULL when the answer does not have the header. */
static void assert_header(const struct httpread *read, const char *name, const char *value)
{
	const char *got = httpread_header(read, name);

	if (value) {
		assert_non_null(got);
		assert_string_equal(got, value);
	} else {
		assert_null(got);
	}
}

static const size_t steps[] = {1, 2, 3, 7, 4096};

static void answers_are_read_in_parts_of_any_size(void **state)
{
	static const struct {
		const char *text;
		const char *body;
		int status;
		const char *crc32;
		bool keep;
	} cases[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Amz-Crc32: 4294967295\r\n\r\nhello",
		 "hello", 200, "4294967295", true},
		{"HTTP/1.1 400\r\ncontent-length:\t2 \r\nx-AMZ-crc32:7\r\n\r\nno", "no", 400, "7",
		 true},
		{"HTTP/1.1 503 \r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", "", 503, NULL,
		 true},
		{"HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\nContent-Length: 1\r\n\r\na", "a", 200,
		 NULL, false},
		{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "a", 200, NULL, false},
		{"HTTP/1.1 204 No Content\r\n\r\n", "", 204, NULL, true},
		{"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "", 304, NULL, true},
		{"HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\n"
		 "Content-Length: 1\r\n\r\na",
		 "a", 200, NULL, true},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
		 "5\r\nhello\r\n00A;x=y\r\n 0123456\r\n\r\n0\r\nX-Amz-Crc32: 1\r\n\r\n",
		 "hello 0123456\r\n", 200, NULL, true},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "", 200, NULL,
		 true},
	};
	struct httpread read = {0};
	buf_auto body = BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t s = 0; s < COUNT(steps); s++) {
			assert_int_equal(feed(&read, &body, cases[i].text, steps[s]),
					 HTTPREAD_DONE);
			assert_int_equal(read.status, cases[i].status);
			assert_header(&read, "X-Amz-Crc32", cases[i].crc32);
			assert_int_equal(read.keep, cases[i].keep);
			assert_int_equal(body.len, strlen(cases[i].body));
			assert_memory_equal(body.len ? body.data : "", cases[i].body, body.len);
			assert_false(httpread_ends(&read));
		}
	}
	httpread_dispose(&read);
}

static void plain_values_of_wanted_headers_are_kept(void **state)
{
	static const char longest[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "-ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
	static const struct {
		const char *header, *id;
	} cases[] = {
		{"x-amzn-RequestId: QV1-42a", "QV1-42a"},
		{"X-Amzn-Requestid: QV1\r\nX-Amzn-RequestId: a b", "QV1"},
		{"x-amzn-requestid: a\"b", ""},
		{"x-amzn-requestid: a\x1b[2J", ""},
		{"x-amzn-requestid:", ""},
		{"x-amzn-trace-id: a", NULL},
	};
	struct httpread read = {0};
	buf_auto body = BUF_INIT(100);
	char text[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(text, sizeof(text), "HTTP/1.1 400\r\n%s\r\nContent-Length: 0\r\n\r\n",
			 cases[i].header);
		assert_int_equal(feed(&read, &body, text, 4096), HTTPREAD_DONE);
		assert_header(&read, "x-amzn-RequestId", cases[i].id);
	}
	assert_int_equal(strlen(longest), HTTPREAD_VALUE_MAX);
	for (int more = 0; more < 2; more++) {
		snprintf(text, sizeof(text),
			 "HTTP/1.1 400\r\nx-amzn-RequestId: %s%s\r\nContent-Length: 0\r\n\r\n",
			 longest, more ? "x" : "");
		assert_int_equal(feed(&read, &body, text, 4096), HTTPREAD_DONE);
		assert_header(&read, "x-amzn-RequestId", more ? "" : longest);
	}
	httpread_dispose(&read);
}

static void an_answer_without_a_length_ends_with_its_connection(void **state)
{
	struct httpread read = {0};
	buf_auto body = BUF_INIT(100);

	(void)state;
	assert_int_equal(feed(&read, &body, "HTTP/1.1 200 OK\r\n\r\nhello", 3), HTTPREAD_MORE);
	assert_true(httpread_ends(&read));
	assert_false(read.keep);
	assert_string_equal(body.data, "hello");
	/* An answer with a length does not: it is incomplete. */
	assert_int_equal(feed(&read, &body, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", 3),
			 HTTPREAD_MORE);
	assert_false(httpread_ends(&read));
	assert_int_equal(feed(&read, &body, "HTTP/1.1 200 OK\r\nContent-Le", 3), HTTPREAD_MORE);
	assert_false(httpread_ends(&read));
	httpread_dispose(&read);
}

static void bytes_after_an_answer_end_the_connection(void **state)
{
	struct httpread read = {0};
	buf_auto body = BUF_INIT(100);

	(void)state;
	assert_int_equal(feed(&read, &body, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1",
			      4096),
			 HTTPREAD_DONE);
	assert_string_equal(body.data, "a");
	assert_false(read.keep);
	httpread_dispose(&read);
}

static void malformed_answers_are_refused(void **state)
{
	static const char *const wrong[] = {
		"\r\n",
		"HTTP/2 200 OK\r\n",
		"HTTP/1.2 200 OK\r\n",
		"HTTP/1.1 20 OK\r\n",
		"HTTP/1.1 2000 OK\r\n",
		"HTTP/1.1 099 OK\r\n",
		"HTTP/1.1 -20 OK\r\n",
		"HTTP/1.1  200 OK\r\n",
		"HTTP/1.1 200 OK\n",
		"HTTP/1.1 101 Switching\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\n",
		"HTTP/1.1 200 OK\r\nno colon\r\n",
		"HTTP/1.1 200 OK\r\n: nameless\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length : 1\r\n",
		"HTTP/1.1 200 OK\r\nA: b\r\n folded: yes\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: \r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1a\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ng\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\n",
	};
	struct httpread read = {0};
	buf_auto body = BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		for (size_t s = 0; s < COUNT(steps); s++)
			assert_int_equal(feed(&read, &body, wrong[i], steps[s]), HTTPREAD_WRONG);
	httpread_dispose(&read);
}

static void maximum_sizes_are_enforced(void **state)
{
	static const char length[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n123456";
	static const char chunked[] =
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n3\r\n456\r\n";
	static const char to_end[] = "HTTP/1.1 200 OK\r\n\r\n123456";
	static char head[HTTPREAD_HEAD_MAX + 2] = "HTTP/1.1 200 OK\r\nA: ";
	struct httpread read = {0};
	buf_auto small = BUF_INIT(5);
	buf_auto enough = BUF_INIT(6);

	(void)state;
	for (size_t s = 0; s < COUNT(steps); s++) {
		assert_int_equal(feed(&read, &small, length, steps[s]), HTTPREAD_FULL);
		assert_int_equal(feed(&read, &small, chunked, steps[s]), HTTPREAD_FULL);
		assert_int_equal(feed(&read, &small, to_end, steps[s]), HTTPREAD_FULL);
		assert_int_equal(feed(&read, &enough, length, steps[s]), HTTPREAD_DONE);
		assert_int_equal(feed(&read, &enough, chunked, steps[s]), HTTPREAD_MORE);
		assert_int_equal(feed(&read, &enough, to_end, steps[s]), HTTPREAD_MORE);
	}
	memset(head + strlen(head), 'a', HTTPREAD_HEAD_MAX + 1 - strlen(head));
	for (size_t s = 0; s < COUNT(steps); s++)
		assert_int_equal(feed(&read, &small, head, steps[s]), HTTPREAD_WRONG);
	httpread_dispose(&read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_read_in_parts_of_any_size),
		cmocka_unit_test(plain_values_of_wanted_headers_are_kept),
		cmocka_unit_test(an_answer_without_a_length_ends_with_its_connection),
		cmocka_unit_test(bytes_after_an_answer_end_the_connection),
		cmocka_unit_test(malformed_answers_are_refused),
		cmocka_unit_test(maximum_sizes_are_enforced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
