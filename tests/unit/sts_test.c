/* sts_test.c - the request to STS, and what its answers say. */
#include "unit.h"

#include "aws/sts.h"
#include "base/err.h"

#define NAMESPACE " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""
#define ANSWER(credentials)                                                                        \
	"<AssumeRoleWithWebIdentityResponse" NAMESPACE ">\n"                                       \
	"  <AssumeRoleWithWebIdentityResult>\n"                                                    \
	"    "                                                                                     \
	"<SubjectFromWebIdentityToken>system:serviceaccount:a:b</SubjectFromWebIdentityToken>\n"   \
	"    <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn></AssumedRoleUser>\n"      \
	"    <Credentials>" credentials "</Credentials>\n"                                         \
	"  </AssumeRoleWithWebIdentityResult>\n"                                                   \
	"  <ResponseMetadata><RequestId>ad4156e9</RequestId></ResponseMetadata>\n"                 \
	"</AssumeRoleWithWebIdentityResponse>\n"
#define KEYS                                                                                       \
	"<SessionToken>to+k/en==</SessionToken><SecretAccessKey>s&amp;ecret</SecretAccessKey>"     \
	"<Expiration>2026-11-18T12:06:40Z</Expiration><AccessKeyId>ASIA1</AccessKeyId>"

static int read_answer(const char *xml, struct buf *text, struct sts_answer *answer)
{
	*text = (struct buf)BUF_INIT(4096);
	*answer = (struct sts_answer){0};
	return sts_read_answer(slice_of(xml), text, answer);
}

static void the_request_is_a_form(void **state)
{
	buf_auto body = BUF_INIT(4096);

	(void)state;
	sts_write_request(&body, "arn:aws:iam::123456789012:role/cruddur", "a&b=c",
			  SLICE("e30.e30.x_-+"));
	assert_string_equal(body.data,
			    "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
			    "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcruddur"
			    "&RoleSessionName=a%26b%3Dc&WebIdentityToken=e30.e30.x_-%2B");
}

static void keys_are_read_in_any_order(void **state)
{
	struct sts_answer answer;
	buf_auto text;

	(void)state;
	assert_int_equal(read_answer(ANSWER(KEYS), &text, &answer), 0);
	assert_true(slice_is(answer.keys.access_key_id, "ASIA1"));
	assert_true(slice_is(answer.keys.secret_access_key, "s&ecret"));
	assert_true(slice_is(answer.keys.session_token, "to+k/en=="));
	assert_true(slice_is(answer.expiration, "2026-11-18T12:06:40Z"));
	assert_int_equal(answer.error.len, 0);
}

static void text_may_come_in_pieces(void **state)
{
	struct sts_answer answer;
	buf_auto text;

	(void)state;
	assert_int_equal(read_answer(ANSWER("<SecretAccessKey>a<![CDATA[<b>]]>&#x63;<!-- -->d"
					    "</SecretAccessKey>"),
				     &text, &answer),
			 0);
	assert_true(slice_is(answer.keys.secret_access_key, "a<b>cd"));
}

static void the_error_is_read(void **state)
{
	struct sts_answer answer;
	buf_auto text;

	(void)state;
	assert_int_equal(read_answer("<ErrorResponse" NAMESPACE
				     "><Error><Type>Sender</Type><Code>ExpiredTokenException</Code>"
				     "<Message>Token expired: <Code>x</Code></Message></Error>"
				     "<RequestId>ad4156e9</RequestId></ErrorResponse>",
				     &text, &answer),
			 0);
	assert_true(slice_is(answer.error, "ExpiredTokenException"));
	assert_int_equal(answer.keys.access_key_id.len, 0);
}

/* Elements of the same names elsewhere are something else. */
static void only_elements_at_their_place_count(void **state)
{
	static const char *const answers[] = {
		"<AccessKeyId>A</AccessKeyId>",
		"<Credentials><AccessKeyId>A</AccessKeyId></Credentials>",
		ANSWER("<Other><AccessKeyId>A</AccessKeyId></Other>"),
		ANSWER("<Other></Other>") "<!-- <AccessKeyId>A</AccessKeyId> -->",
		"<AssumeRoleWithWebIdentityResponse><Other><Credentials><AccessKeyId>A</"
		"AccessKeyId>"
		"</Credentials></Other></AssumeRoleWithWebIdentityResponse>",
		"<Other><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>A</AccessKeyId>"
		"</Credentials></AssumeRoleWithWebIdentityResult></Other>",
		"<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult></"
		"AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>A</AccessKeyId>"
		"</Credentials></AssumeRoleWithWebIdentityResponse>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct sts_answer answer;
		buf_auto text;

		assert_int_equal(read_answer(answers[i], &text, &answer), 0);
		assert_int_equal(answer.keys.access_key_id.len, 0);
		assert_int_equal(answer.error.len, 0);
	}
}

static void an_answer_that_is_not_as_described_is_refused(void **state)
{
	static const char *const answers[] = {
		"",
		"{\"Credentials\":{}}",
		"<html>",
		ANSWER(KEYS) "more",
		ANSWER(KEYS "<AccessKeyId>ASIA2</AccessKeyId>"),
		ANSWER("<AccessKeyId></AccessKeyId><AccessKeyId>ASIA2</AccessKeyId>"),
		ANSWER("<AccessKeyId>\xff</AccessKeyId>"),
		ANSWER("<AccessKeyId>&unknown;</AccessKeyId>"),
		"<!DOCTYPE x [<!ENTITY a \"A\">]>" ANSWER("<AccessKeyId>&a;</AccessKeyId>"),
		"<!DOCTYPE x SYSTEM \"file:///etc/passwd\">" ANSWER(KEYS),
		"<ErrorResponse><Error><Code>two words</Code></Error></ErrorResponse>",
		"<ErrorResponse><Error><Code>a\nb</Code></Error></ErrorResponse>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct sts_answer answer;
		buf_auto text;

		assert_int_equal(read_answer(answers[i], &text, &answer), ERR_INVALID);
		assert_null(answer.keys.access_key_id.ptr);
	}
}

static void an_answer_needs_room(void **state)
{
	buf_auto text = BUF_INIT(8);
	struct sts_answer answer;

	(void)state;
	assert_int_equal(sts_read_answer(SLICE("<a>12345</a>"), &text, &answer), ERR_NO_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_is_a_form),
		cmocka_unit_test(keys_are_read_in_any_order),
		cmocka_unit_test(text_may_come_in_pieces),
		cmocka_unit_test(the_error_is_read),
		cmocka_unit_test(only_elements_at_their_place_count),
		cmocka_unit_test(an_answer_that_is_not_as_described_is_refused),
		cmocka_unit_test(an_answer_needs_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
