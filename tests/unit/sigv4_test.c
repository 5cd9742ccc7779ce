/* sigv4_test.c - the stages of Signature Version 4, against the example that AWS documents. */
#include "unit.h"

#include "aws/sigv4.h"
#include "base/err.h"

/* "Create a signed AWS API request", IAM user guide: GET ListUsers. */
static const struct sigv4_scope scope = {"us-east-1", "iam", "20150830T123600Z"};
static const struct aws_keys keys = {{"AKIDEXAMPLE", 11},
				     {"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 40},
				     {NULL, 0}};

static struct sigv4_request example(void)
{
	return (struct sigv4_request){
		.method = "GET",
		.path = SLICE("/"),
		.query = SLICE("Action=ListUsers&Version=2010-05-08"),
		.headers = {{SLICE("X-Amz-Date"), SLICE("20150830T123600Z")},
			    {SLICE("Host"), SLICE("iam.amazonaws.com")},
			    {SLICE("Content-Type"),
			     SLICE("application/x-www-form-urlencoded; charset=utf-8")}},
		.headers_count = 3,
	};
}

static void the_stages_match_the_documented_example(void **state)
{
	static const unsigned char want_key[SIGV4_KEY_SIZE] = {0xc4, 0xaf, 0xb1, 0xcc, 0x57, 0x71,
							       0xd8, 0x71, 0x76, 0x3a, 0x39, 0x3e,
							       0x44, 0xb7, 0x03, 0x57, 0x1b, 0x55,
							       0xcc, 0x28, 0x42, 0x4d, 0x1a, 0x5e,
							       0x86, 0xda, 0x6e, 0xd3, 0xc1, 0x54,
							       0xa4, 0xb9};
	const struct sigv4_request request = example();
	buf_auto canonical = BUF_INIT(4096), names = BUF_INIT(4096), text = BUF_INIT(4096);
	unsigned char key[SIGV4_KEY_SIZE];
	char signature[SIGV4_SIGNATURE_SIZE];

	(void)state;
	assert_int_equal(sigv4_canonical_request(&request, &canonical, &names), 0);
	assert_string_equal(names.data, "content-type;host;x-amz-date");
	assert_string_equal(canonical.data,
			    "GET\n/\nAction=ListUsers&Version=2010-05-08\n"
			    "content-type:application/x-www-form-urlencoded; charset=utf-8\n"
			    "host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
			    "content-type;host;x-amz-date\n"
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_int_equal(sigv4_string_to_sign(&scope, buf_slice(&canonical), &text), 0);
	assert_string_equal(text.data,
			    "AWS4-HMAC-SHA256\n20150830T123600Z\n"
			    "20150830/us-east-1/iam/aws4_request\n"
			    "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
	assert_int_equal(sigv4_key(&scope, keys.secret_access_key, key), 0);
	assert_memory_equal(key, want_key, sizeof(key));
	assert_int_equal(sigv4_signature(key, buf_slice(&text), signature), 0);
	assert_string_equal(signature,
			    "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

static void authorization_of(struct sigv4 *sigv4, const struct sigv4_scope *where,
			     const struct aws_keys *who, struct buf *ret)
{
	const struct sigv4_request request = example();

	buf_reset(ret);
	assert_int_equal(sigv4_authorization(sigv4, where, who, &request, ret), 0);
}

static void the_authorization_header_matches_the_example(void **state)
{
	struct sigv4 *sigv4 = sigv4_new();
	buf_auto authorization = BUF_INIT(4096);

	(void)state;
	authorization_of(sigv4, &scope, &keys, &authorization);
	assert_string_equal(
		authorization.data,
		"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
		"SignedHeaders=content-type;host;x-amz-date, "
		"Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
	sigv4_free(sigv4);
	sigv4_free(NULL);
}

/* The cached key must be derived again when one of its inputs changes. */
static void the_cached_key_depends_on_its_inputs(void **state)
{
	struct aws_keys other_keys = keys;
	struct sigv4_scope scopes[] = {
		scope,
		{"us-east-2", "iam", "20150830T123600Z"},
		{"us-east-1", "ram", "20150830T123600Z"},
		{"us-east-1", "iam", "20150831T123600Z"},
		{"us-east-1", "iam", "20150831T235959Z"},
	};
	struct sigv4 *kept = sigv4_new();
	buf_auto with_kept = BUF_INIT(4096), with_fresh = BUF_INIT(4096), before = BUF_INIT(4096);

	(void)state;
	other_keys.secret_access_key = SLICE("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEz");
	for (size_t i = 0; i < 2 * COUNT(scopes) * 2; i++) {
		const struct sigv4_scope *where = &scopes[i / 2 % COUNT(scopes)];
		const struct aws_keys *who = i % 2 ? &other_keys : &keys;
		struct sigv4 *fresh = sigv4_new();

		authorization_of(kept, where, who, &with_kept);
		authorization_of(fresh, where, who, &with_fresh);
		assert_string_equal(with_kept.data, with_fresh.data);
		assert_true(!before.data || strcmp(before.data, with_kept.data) != 0);
		buf_reset(&before);
		buf_puts(&before, with_kept.data);
		sigv4_free(fresh);
	}
	sigv4_free(kept);
}

static void headers_become_canonical(void **state)
{
	const struct sigv4_request request = {
		.method = "POST",
		.path = SLICE("/"),
		.headers = {{SLICE("My-B"), SLICE("  a \t b  ")},
			    {SLICE("my-a"), SLICE("2")},
			    {SLICE("MY-A"), SLICE("1")},
			    {SLICE("My"), SLICE("")},
			    {SLICE("My-Ab"), SLICE("\"x   y\"")}},
		.headers_count = 5,
		.body = SLICE("{}"),
	};
	buf_auto canonical = BUF_INIT(4096), names = BUF_INIT(4096);

	(void)state;
	assert_int_equal(sigv4_canonical_request(&request, &canonical, &names), 0);
	assert_string_equal(
		canonical.data,
		"POST\n/\n\nmy:\nmy-a:2,1\nmy-ab:\"x y\"\nmy-b:a b\n\nmy;my-a;my-ab;my-b\n"
		"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}

static void the_time_is_written_in_utc(void **state)
{
	char time[SIGV4_TIME_SIZE];

	(void)state;
	sigv4_time(0, time);
	assert_string_equal(time, "19700101T000000Z");
	sigv4_time(1440938160, time);
	assert_string_equal(time, "20150830T123600Z");
	sigv4_time(1709251199, time);
	assert_string_equal(time, "20240229T235959Z");
}

static void oversized_inputs_are_refused(void **state)
{
	const struct sigv4_request request = example();
	struct sigv4_request too_many = example();
	struct sigv4 *sigv4 = sigv4_new();
	char secret[SIGV4_SECRET_MAX + 1] = {0};
	struct aws_keys long_keys = keys;
	buf_auto small = BUF_INIT(20), authorization = BUF_INIT(4096), names = BUF_INIT(4096);

	(void)state;
	long_keys.secret_access_key = (struct slice){secret, sizeof(secret)};
	assert_int_equal(sigv4_authorization(sigv4, &scope, &long_keys, &request, &authorization),
			 ERR_INTERNAL);
	long_keys.secret_access_key.len--;
	assert_int_equal(sigv4_authorization(sigv4, &scope, &long_keys, &request, &authorization),
			 0);
	assert_int_equal(sigv4_authorization(sigv4, &scope, &keys, &request, &small),
			 ERR_NO_MEMORY);
	buf_reset(&small);
	assert_int_equal(sigv4_canonical_request(&request, &small, &names), ERR_NO_MEMORY);
	for (size_t i = 0; i < SIGV4_HEADERS_MAX; i++)
		too_many.headers[i] = (struct sigv4_header){SLICE("x"), SLICE("y")};
	too_many.headers_count = SIGV4_HEADERS_MAX;
	assert_int_equal(sigv4_authorization(sigv4, &scope, &keys, &too_many, &authorization), 0);
	too_many.headers_count = SIGV4_HEADERS_MAX + 1;
	assert_int_equal(sigv4_authorization(sigv4, &scope, &keys, &too_many, &authorization),
			 ERR_INTERNAL);
	sigv4_free(sigv4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_stages_match_the_documented_example),
		cmocka_unit_test(the_authorization_header_matches_the_example),
		cmocka_unit_test(the_cached_key_depends_on_its_inputs),
		cmocka_unit_test(headers_become_canonical),
		cmocka_unit_test(the_time_is_written_in_utc),
		cmocka_unit_test(oversized_inputs_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
