/* fastcgi_test.c - requests that arrive in parts, and everything that is no request. */
#include "unit.h"

#include "base/err.h"
#include "live/fastcgi.h"

#define BEGIN	     "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"
#define PARAMS_END   "\1\4\0\1\0\0\0\0"
#define STDIN_END    "\1\5\0\1\0\0\0\0"
#define METHOD	     "\16\3REQUEST_METHODGET"
#define METHOD_PARAM "\1\4\0\1\0\23\5\0" METHOD "-----" /* padded */
#define REQUEST	     BEGIN METHOD_PARAM PARAMS_END STDIN_END

/* Feed bytes in parts of `step`, each in memory of its own. */
static int feed(struct fastcgi *in, const char *bytes, size_t len, size_t step)
{
	int r = 0;

	fastcgi_begin(in);
	for (size_t at = 0; at < len && r == 0; at += step) {
		size_t part = len - at < step ? len - at : step;
		char *copy = exact_copy(bytes + at, part);

		r = fastcgi_feed(in, (struct slice){copy, part});
		free(copy);
	}
	return r;
}

static void a_request_is_read_however_it_is_cut(void **state)
{
	(void)state;
	for (size_t step = 1; step < sizeof(REQUEST); step++) {
		struct fastcgi in;
		struct slice value;

		assert_int_equal(feed(&in, REQUEST, sizeof(REQUEST) - 1, step), 0);
		assert_true(fastcgi_complete(&in));
		assert_int_equal(in.id, 1);
		assert_int_equal(fastcgi_param(&in, "REQUEST_METHOD", &value), 0);
		assert_true(slice_is(value, "GET"));
		assert_int_equal(fastcgi_param(&in, "REQUEST", &value), ERR_NOT_FOUND);
		fastcgi_dispose(&in);
	}
}

static void a_request_is_incomplete_until_its_parameters_end(void **state)
{
	struct fastcgi in;

	(void)state;
	assert_int_equal(feed(&in, BEGIN METHOD_PARAM, sizeof(BEGIN METHOD_PARAM) - 1, 99), 0);
	assert_false(fastcgi_complete(&in));
	fastcgi_dispose(&in);
}

static void a_long_value_has_a_length_of_four_bytes(void **state)
{
	static const char head[] = BEGIN "\1\4\0\1\1\62\0\0\1\200\0\1\54N"; /* 306 bytes: 6 + 300 */
	char request[sizeof(head) - 1 + 300 + sizeof(PARAMS_END) - 1];
	struct fastcgi in;
	struct slice value;

	(void)state;
	memcpy(request, head, sizeof(head) - 1);
	memset(request + sizeof(head) - 1, 'v', 300);
	memcpy(request + sizeof(head) - 1 + 300, PARAMS_END, sizeof(PARAMS_END) - 1);
	assert_int_equal(feed(&in, request, sizeof(request), 7), 0);
	assert_true(fastcgi_complete(&in));
	assert_int_equal(fastcgi_param(&in, "N", &value), 0);
	assert_int_equal(value.len, 300);
	fastcgi_dispose(&in);
}

static void the_first_of_two_values_counts(void **state)
{
	static const char request[] = BEGIN "\1\4\0\1\0\10\0\0\1\1N1\1\1N2" PARAMS_END;
	struct fastcgi in;
	struct slice value;

	(void)state;
	assert_int_equal(feed(&in, request, sizeof(request) - 1, sizeof(request)), 0);
	assert_int_equal(fastcgi_param(&in, "N", &value), 0);
	assert_true(slice_is(value, "1"));
	fastcgi_dispose(&in);
}

static void an_aborted_request_is_told(void **state)
{
	static const char request[] = BEGIN METHOD_PARAM "\1\2\0\1\0\0\0\0";
	struct fastcgi in;

	(void)state;
	assert_int_equal(feed(&in, request, sizeof(request) - 1, 5), ERR_NOT_FOUND);
	fastcgi_dispose(&in);
}

static void everything_else_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
#define CASE(text) {text, sizeof(text) - 1}
		CASE("\2\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"), /* another version */
		CASE("\1\1\0\0\0\10\0\0\0\1\0\0\0\0\0\0"), /* no request id */
		CASE("\1\1\0\1\0\10\0\0\0\2\0\0\0\0\0\0"), /* an authorizer */
		CASE("\1\1\0\1\0\7\0\0\0\1\0\0\0\0\0"),	   /* a short body of BEGIN_REQUEST */
		CASE("\1\4\0\1\0\0\0\0"),		   /* parameters before BEGIN_REQUEST */
		CASE(BEGIN BEGIN),			   /* a second request */
		CASE(BEGIN "\1\4\0\2\0\0\0\0"),		   /* of another request */
		CASE(BEGIN STDIN_END),			   /* a body before the parameters */
		CASE(BEGIN PARAMS_END PARAMS_END),	   /* parameters after their end */
		CASE(BEGIN "\1\11\0\1\0\0\0\0"),	   /* GET_VALUES */
		CASE(BEGIN "\1\4\0\1\0\3\0\0\1\5N" PARAMS_END),	 /* a value that is cut short */
		CASE(BEGIN "\1\4\0\1\0\2\0\0\1\200" PARAMS_END), /* a length that is cut short */
		CASE(BEGIN "\1\4\0\1\0\1\0\0\1" PARAMS_END),	 /* a name without a length */
		CASE(BEGIN "\1\4\0\1\20\1\0\0"),		 /* 4097 bytes of parameters */
#undef CASE
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (size_t step = 1; step <= cases[i].len; step++) {
			struct fastcgi in;

			assert_int_equal(feed(&in, cases[i].bytes, cases[i].len, step),
					 ERR_INVALID);
			fastcgi_dispose(&in);
		}
}

static void records_have_the_form_of_the_specification(void **state)
{
	unsigned char head[FASTCGI_HEAD], end[FASTCGI_END_SIZE];

	(void)state;
	fastcgi_head(258, 772, head);
	assert_memory_equal(head, "\1\6\1\2\3\4\0\0", sizeof(head));
	fastcgi_end(258, end);
	assert_memory_equal(end, "\1\6\1\2\0\0\0\0\1\3\1\2\0\10\0\0\0\0\0\0\0\0\0\0", sizeof(end));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_however_it_is_cut),
		cmocka_unit_test(a_request_is_incomplete_until_its_parameters_end),
		cmocka_unit_test(a_long_value_has_a_length_of_four_bytes),
		cmocka_unit_test(the_first_of_two_values_counts),
		cmocka_unit_test(an_aborted_request_is_told),
		cmocka_unit_test(everything_else_is_refused),
		cmocka_unit_test(records_have_the_form_of_the_specification),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
