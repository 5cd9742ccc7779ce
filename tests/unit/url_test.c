/* url_test.c - splitting URLs, and which of them may carry secrets. */
#include "unit.h"

#include "net/url.h"

static void secrets_require_https_or_a_loopback_host(void **state)
{
	static const struct {
		const char *url;
		bool allowed;
	} cases[] = {
		{"https://cognito-idp.ca-central-1.amazonaws.com/p/.well-known/jwks.json", true},
		{"http://127.0.0.1:9229/local/.well-known/jwks.json", true},
		{"http://127.8.9.10/", true},
		{"http://localhost:9229/", true},
		{"http://[::1]:9229/", true},
		{"HTTP://LOCALHOST/", false},
		{"http://cognito-idp.ca-central-1.amazonaws.com/", false},
		{"http://10.0.0.1/", false},
		{"http://127.0.0.1.example.org/", false},
		{"http://127.example.org/", false},
		{"http://localhost.example.org/", false},
		{"http://127.0.0.1@example.org/", false},
		{"http://example.org#@127.0.0.1/", false},
		{"http://example.org/127.0.0.1", false},
		{"http://[::2]/", false},
		{"ftp://127.0.0.1/", false},
		{"file:///etc/passwd", false},
		{"127.0.0.1", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (url_is_protected(cases[i].url, NULL) != cases[i].allowed)
			fail_msg("%s", cases[i].url);
}

static void named_hosts_are_allowed_too(void **state)
{
	static const char *const hosts[] = {"169.254.170.2", "[fd00:ec2::23]", NULL};

	(void)state;
	assert_true(url_is_protected("http://169.254.170.2/keys", hosts));
	assert_true(url_is_protected("http://[FD00:0ec2:0::23]/keys", hosts));
	assert_true(url_is_protected("http://127.0.0.1/keys", hosts));
	assert_false(url_is_protected("http://169.254.170.2/keys", NULL));
	assert_false(url_is_protected("http://169.254.170.20/keys", hosts));
	assert_false(url_is_protected("http://[fd00:ec2::24]/keys", hosts));
	assert_false(url_is_protected("ftp://169.254.170.2/keys", hosts));
}

static void assert_parts(const char *text, const char *origin, const char *authority,
			 const char *target)
{
	struct url url = url_split(text);

	assert_true(slice_is(url.origin, origin));
	assert_true(slice_is(url.authority, authority));
	assert_true(slice_is(url.target, target));
}

static void a_url_is_split_into_its_parts(void **state)
{
	(void)state;
	assert_parts("https://a.example:8443/b?c#d", "https://a.example:8443", "a.example:8443",
		     "/b?c");
	assert_parts("http://a.example", "http://a.example", "a.example", "");
	assert_parts("http://a.example?b", "http://a.example", "a.example", "?b");
	assert_parts("http://[::1]:80/", "http://[::1]:80", "[::1]:80", "/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_require_https_or_a_loopback_host),
		cmocka_unit_test(named_hosts_are_allowed_too),
		cmocka_unit_test(a_url_is_split_into_its_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
