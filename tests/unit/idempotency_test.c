/* idempotency_test.c - a key belongs to one request: method, path and raw body. */
#include "unit.h"

#include "base/err.h"
#include "web/idempotency.h"
#include "web/problem.h"

static int read_key(const char *const *headers, const char *method, const char *path,
		    const char *body, struct idempotency *ret)
{
	char *env[4] = {NULL};
	struct req req = {.method = method,
			  .path = slice_of(path),
			  .body = slice_of(body),
			  .env = env};

	for (size_t i = 0; headers[i]; i++)
		env[i] = (char *)(uintptr_t)headers[i];
	return idempotency_read(&req, ret);
}

static const char *const key_one[] = {"HTTP_IDEMPOTENCY_KEY=one", NULL};
static const char *const key_two[] = {"HTTP_IDEMPOTENCY_KEY=two", NULL};

static void the_same_request_has_the_same_digests(void **state)
{
	struct idempotency a = {0}, b = {0};

	(void)state;
	assert_int_equal(read_key(key_one, "POST", "/api/messages", "{}", &a), 0);
	assert_int_equal(read_key(key_one, "POST", "/api/messages", "{}", &b), 0);
	assert_true(a.given);
	assert_int_equal(strlen(a.key), 64);
	assert_string_equal(a.key, b.key);
	assert_string_equal(a.request, b.request);
	/* printf 'one\n' | sha256sum */
	assert_string_equal(a.key,
			    "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806");
}

static void a_different_request_has_a_different_digest(void **state)
{
	static const struct {
		const char *const *key;
		const char *method, *path, *body;
	} others[] = {
		{key_one, "PUT", "/api/messages", "{}"},
		{key_one, "POST", "/api/message", "{}"},
		{key_one, "POST", "/api/messages", "{ }"},
		{key_one, "POST", "/api/messages", ""},
	};
	struct idempotency a = {0}, b = {0};

	(void)state;
	assert_int_equal(read_key(key_one, "POST", "/api/messages", "{}", &a), 0);
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_int_equal(read_key(others[i].key, others[i].method, others[i].path,
					  others[i].body, &b),
				 0);
		assert_string_equal(a.key, b.key);
		assert_string_not_equal(a.request, b.request);
	}
	assert_int_equal(read_key(key_two, "POST", "/api/messages", "{}", &b), 0);
	assert_string_not_equal(a.key, b.key);
	assert_string_equal(a.request, b.request);
}

static void without_a_key_nothing_is_given(void **state)
{
	static const char *const none[] = {NULL};
	struct idempotency key = {.given = true};

	(void)state;
	assert_int_equal(read_key(none, "POST", "/", "", &key), 0);
	assert_false(key.given);
}

static void a_key_is_one_header_of_visible_ascii(void **state)
{
	static char long_key[400] = "HTTP_IDEMPOTENCY_KEY=";
	const char *const cases[][3] = {
		{"HTTP_IDEMPOTENCY_KEY=", NULL},
		{"HTTP_IDEMPOTENCY_KEY=a b", NULL},
		{"HTTP_IDEMPOTENCY_KEY=\xc3\xa9", NULL},
		{"HTTP_IDEMPOTENCY_KEY=a\x7f", NULL},
		{"HTTP_IDEMPOTENCY_KEY=a", "HTTP_IDEMPOTENCY_KEY=a", NULL},
		{long_key, NULL},
	};
	const size_t prefix = strlen(long_key);
	struct idempotency key;

	(void)state;
	memset(long_key + prefix, 'k', 256);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(read_key(cases[i], "POST", "/", "", &key),
				 PROBLEM_IDEMPOTENCY_KEY_INVALID);
	long_key[prefix + 255] = '\0';
	assert_int_equal(read_key(cases[5], "POST", "/", "", &key), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_request_has_the_same_digests),
		cmocka_unit_test(a_different_request_has_a_different_digest),
		cmocka_unit_test(without_a_key_nothing_is_given),
		cmocka_unit_test(a_key_is_one_header_of_visible_ascii),
	};

	return cmocka_run_group_tests_name("idempotency", tests, NULL, NULL);
}
