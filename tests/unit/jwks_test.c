/* jwks_test.c - which keys are accepted, and when the key set is fetched. */
#include "identity/jwks.h"

#include <stdio.h>

#include "base/err.h"
#include "server.h"
#include "signing.h"

#define SIG(kid) "\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":" kid ","

static struct budget budget;

/* A key set for `url` that was not fetched yet, in a request with a minute left. */
static struct jwks *fresh(const char *url)
{
	struct jwks *jwks = jwks_new(url, &budget);

	assert_non_null(jwks);
	budget = (struct budget){0};
	budget_start(&budget, 60000);
	return jwks;
}

static void answer_with(struct server *server, EVP_PKEY *with, const char *key_id)
{
	buf_auto text = BUF_INIT(SIGNING_MAX);

	signing_set(with, key_id, &text);
	server_set(server, SERVER_KEEP, 200, text.data, text.len);
}

/* A pool that publishes the key "k" from the start, and a set that has not been fetched yet. */
struct pool {
	struct server *server;
	struct jwks *jwks;
};

static int open_pool(void **state)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	assert_non_null(pool);
	pool->server = server_start(SCRIPT({0}));
	pool->jwks = fresh(pool->server->url);
	answer_with(pool->server, key, "k");
	*state = pool;
	return 0;
}

static int close_pool(void **state)
{
	struct pool *pool = *state;

	jwks_free(pool->jwks);
	server_stop(pool->server);
	free(pool);
	return 0;
}

/* Look up key `id` at `now`; then the pool must have got `requests` requests in all. */
static void assert_key(const struct pool *pool, const char *id, int64_t now, int expected,
		       unsigned requests)
{
	EVP_PKEY *found;

	assert_int_equal(jwks_key(pool->jwks, id, now, &found), expected);
	assert_int_equal(pool->server->count, requests);
}

static int load_text(const char *text)
{
	struct jwks *jwks = fresh("");
	int r = jwks_load(jwks, slice_of(text));

	jwks_free(jwks);
	return r;
}

static void assert_loads(const char *name, const char *text, int expected)
{
	int r = load_text(text);

	if (r != expected)
		fail_msg("%s: %d instead of %d", name, r, expected);
}

static void keys_are_checked_by_their_members(void **state)
{
#define BAD ERR_INVALID
	static const struct {
		const char *name, *members;
		int expected;
	} cases[] = {
		{"good", SIG("\"k\""), 0},
		{"without alg", "\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"k\",", 0},
		{"unknown members", SIG("\"k\"") "\"x5c\":[\"a\"],\"x\":null,", 0},
		{"alg RS512", "\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS512\",\"kid\":\"k\",",
		 BAD},
		{"alg a number", "\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":256,\"kid\":\"k\",", BAD},
		{"use enc", "\"kty\":\"RSA\",\"use\":\"enc\",\"alg\":\"RS256\",\"kid\":\"k\",",
		 BAD},
		{"use missing", "\"kty\":\"RSA\",\"alg\":\"RS256\",\"kid\":\"k\",", BAD},
		{"use a list", "\"kty\":\"RSA\",\"use\":[\"sig\"],\"kid\":\"k\",", BAD},
		{"kty EC", "\"kty\":\"EC\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"k\",", BAD},
		{"kty oct", "\"kty\":\"oct\",\"use\":\"sig\",\"kid\":\"k\",\"k\":\"AAAA\",", BAD},
		{"kty rsa", "\"kty\":\"rsa\",\"use\":\"sig\",\"kid\":\"k\",", BAD},
		{"kty missing", "\"use\":\"sig\",\"kid\":\"k\",", BAD},
		{"kid missing", "\"kty\":\"RSA\",\"use\":\"sig\",", BAD},
		{"kid a number", SIG("1"), BAD},
		{"kid empty", SIG("\"\""), BAD},
		{"kid with a NUL", SIG("\"k\\u0000\""), BAD},
	};
#undef BAD

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_auto text = BUF_INIT(SIGNING_MAX);

		buf_puts(&text, "{\"keys\":[");
		signing_jwk(key, cases[i].members, &text);
		buf_puts(&text, "]}");
		assert_loads(cases[i].name, text.data, cases[i].expected);
	}
}

/* The set with one key of these numbers, in base64url. */
static void set_of_numbers(const char *n, const char *e, struct buf *ret)
{
	buf_reset(ret);
	buf_printf(ret, "{\"keys\":[{" SIG("\"k\"") "\"n\":%s,\"e\":%s}]}", n, e);
}

/* The modulus of `key` to the power of `power`, times `factor`, plus `more`, as a JSON string. */
static void modulus(int power, BN_ULONG factor, BN_ULONG more, struct buf *ret)
{
	unsigned char bytes[1024];
	BIGNUM *n = NULL, *base;
	BN_CTX *ctx = BN_CTX_new();
	int len;

	assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n), 1);
	base = BN_dup(n);
	for (int i = 1; i < power; i++)
		assert_int_equal(BN_mul(n, n, base, ctx), 1);
	BN_free(base);
	BN_CTX_free(ctx);
	assert_int_equal(BN_mul_word(n, factor), 1);
	assert_int_equal(BN_add_word(n, more), 1);
	len = BN_bn2bin(n, bytes);
	BN_free(n);
	buf_reset(ret);
	buf_putc(ret, '"');
	base64url_encode((struct slice){(const char *)bytes, (size_t)len}, ret);
	buf_putc(ret, '"');
}

static void keys_are_checked_by_their_numbers(void **state)
{
	static const struct {
		const char *name, *e;
		int expected;
	} exponents[] = {
		{"65537", "\"AQAB\"", 0},
		{"4294967297", "\"AQAAAAE\"", 0},
		{"0", "\"AA\"", ERR_INVALID},
		{"1", "\"AQ\"", ERR_INVALID},
		{"3", "\"Aw\"", ERR_INVALID},
		{"even", "\"AQAA\"", ERR_INVALID},
		{"72 bits", "\"gQAAAAAAAAAB\"", ERR_INVALID},
		{"padded", "\"AQAB=\"", ERR_INVALID},
		{"unused bits", "\"AR\"", ERR_INVALID},
		{"empty", "\"\"", ERR_INVALID},
		{"a number", "65537", ERR_INVALID},
		{"null", "null", ERR_INVALID},
	};
	static const char *const moduli[] = {"\"\"", "\"AA\"", "\"AQAB\"", "7", "null", "[]"};
	buf_auto text = BUF_INIT(SIGNING_MAX), n = BUF_INIT(4096);

	(void)state;
	modulus(1, 1, 0, &n);
	for (size_t i = 0; i < COUNT(exponents); i++) {
		set_of_numbers(n.data, exponents[i].e, &text);
		assert_loads(exponents[i].name, text.data, exponents[i].expected);
	}
	for (size_t i = 0; i < COUNT(moduli); i++) {
		set_of_numbers(moduli[i], "\"AQAB\"", &text);
		assert_loads(moduli[i], text.data, ERR_INVALID);
	}
	modulus(1, 1, 1, &n);
	set_of_numbers(n.data, "\"AQAB\"", &text);
	assert_loads("even modulus", text.data, ERR_INVALID);
	modulus(1, 3, 0, &n);
	set_of_numbers(n.data, "\"AQAB\"", &text);
	assert_loads("modulus with the factor 3", text.data, ERR_INVALID);
	/* OpenSSL accepts these numbers, so that only the size decides. */
	modulus(2, 1, 0, &n);
	set_of_numbers(n.data, "\"AQAB\"", &text);
	assert_loads("4096 bits", text.data, 0);
	modulus(3, 1, 0, &n);
	set_of_numbers(n.data, "\"AQAB\"", &text);
	assert_loads("6144 bits", text.data, ERR_INVALID);

	buf_reset(&text);
	signing_set(short_key, "k", &text);
	assert_loads("1024 bits", text.data, ERR_INVALID);
}

static void texts_that_are_not_key_sets_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"null",
		"[]",
		"{}",
		"<html>",
		"{\"keys\":null}",
		"{\"keys\":{}}",
		"{\"keys\":[]}",
		"{\"keys\":\"[]\"}",
		"{\"keys\":[null,1,\"a\",[],{}]}",
		"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\","
		"\"kid\":\"k\",\"x\":\"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0\","
		"\"y\":\"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps\"}]}",
	};
	buf_auto good = BUF_INIT(SIGNING_MAX), more = BUF_INIT(SIGNING_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_loads(texts[i], texts[i], ERR_INVALID);

	signing_set(key, "k", &good);
	assert_loads("good", good.data, 0);
	buf_printf(&more, "%s.", good.data);
	assert_loads("trailing text", more.data, ERR_INVALID);
	good.data[good.len - 1] = '\0';
	assert_loads("cut short", good.data, ERR_INVALID);
}

static void unusable_keys_are_skipped(void **state)
{
	buf_auto text = BUF_INIT(SIGNING_MAX);
	struct jwks *jwks = fresh("");
	EVP_PKEY *found;

	(void)state;
	buf_puts(&text, "{\"keys\":[null,{\"kty\":\"EC\",\"kid\":\"ec\"},");
	signing_jwk(short_key, SIG("\"short\""), &text);
	buf_puts(&text, ",");
	signing_jwk(key, SIG("\"first\""), &text);
	buf_puts(&text, ",");
	/* Of two keys with the same id the first is used. */
	signing_jwk(other_key, SIG("\"first\""), &text);
	buf_puts(&text, ",");
	signing_jwk(other_key, SIG("\"second\""), &text);
	buf_puts(&text, "]}");
	assert_int_equal(jwks_load(jwks, buf_slice(&text)), 0);

	budget.deps[DEP_COGNITO].open_until_ms = INT64_MAX; /* no fetch in this test */
	assert_int_equal(jwks_key(jwks, "first", NOW, &found), 0);
	assert_int_equal(EVP_PKEY_eq(found, key), 1);
	assert_int_equal(jwks_key(jwks, "second", NOW, &found), 0);
	assert_int_equal(EVP_PKEY_eq(found, other_key), 1);
	assert_int_equal(jwks_key(jwks, "short", NOW, &found), ERR_DENIED);
	assert_int_equal(jwks_key(jwks, "ec", NOW, &found), ERR_DENIED);
	assert_int_equal(jwks_key(jwks, "firs", NOW, &found), ERR_DENIED);
	assert_int_equal(jwks_key(jwks, "first ", NOW, &found), ERR_DENIED);
	jwks_free(jwks);
}

static void number_of_keys_is_limited(void **state)
{
	buf_auto text = BUF_INIT(SIGNING_MAX);
	struct jwks *jwks = fresh("");
	char members[128], id[32];
	EVP_PKEY *found;

	(void)state;
	buf_puts(&text, "{\"keys\":[");
	for (int i = 0; i < JWKS_KEYS_MAX + 8; i++) {
		snprintf(members, sizeof(members), SIG("\"k%d\""), i);
		buf_puts(&text, i > 0 ? "," : "");
		signing_jwk(key, members, &text);
	}
	buf_puts(&text, "]}");
	assert_int_equal(jwks_load(jwks, buf_slice(&text)), 0);

	budget.deps[DEP_COGNITO].open_until_ms = INT64_MAX;
	snprintf(id, sizeof(id), "k%d", JWKS_KEYS_MAX - 1);
	assert_int_equal(jwks_key(jwks, id, NOW, &found), 0);
	snprintf(id, sizeof(id), "k%d", JWKS_KEYS_MAX);
	assert_int_equal(jwks_key(jwks, id, NOW, &found), ERR_DENIED);
	jwks_free(jwks);
}

static void forbidden_url_is_never_fetched(void **state)
{
	struct jwks *jwks = fresh("http://keys.invalid/");
	EVP_PKEY *found;

	(void)state;
	assert_int_equal(jwks_key(jwks, "k", NOW, &found), ERR_UNAVAILABLE);
	assert_int_equal(jwks_ready(jwks, NOW), ERR_UNAVAILABLE);
	assert_int_equal(budget.deps[DEP_COGNITO].calls, 0);
	jwks_free(jwks);
}

static void set_is_fetched_once(void **state)
{
	struct pool *pool = *state;
	EVP_PKEY *found;

	for (int i = 0; i < 100; i++)
		assert_key(pool, "k", NOW + i, 0, 1);
	assert_int_equal(jwks_key(pool->jwks, "k", NOW + 100, &found), 0);
	assert_int_equal(EVP_PKEY_eq(found, key), 1);
	assert_int_equal(jwks_ready(pool->jwks, NOW + 100), 0);
	assert_int_equal(pool->server->count, 1);
	assert_int_equal(budget.deps[DEP_COGNITO].calls, 1);
}

static void unknown_ids_cause_one_fetch_per_cool_down(void **state)
{
	struct pool *pool = *state;
	char id[32];

	for (int i = 0; i < 10 * JWKS_COOL_DOWN_S; i++) {
		unsigned requests = 1 + (unsigned)(i / JWKS_COOL_DOWN_S);

		snprintf(id, sizeof(id), "unknown-%d", i);
		assert_key(pool, id, NOW + i, ERR_DENIED, requests);
		assert_key(pool, "k", NOW + i, 0, requests);
	}
}

/* An attacker must not be able to make each request wait for a pool that does not answer. */
static void failed_fetch_starts_the_cool_down(void **state)
{
	struct pool *pool = *state;

	assert_key(pool, "k", NOW, 0, 1);
	pool->server->step.end = SERVER_CLOSE;
	for (int i = 0; i < JWKS_COOL_DOWN_S; i++)
		assert_key(pool, "new", NOW + JWKS_COOL_DOWN_S + i, ERR_DENIED, 2);
	/* The known keys stay valid. */
	assert_key(pool, "k", NOW + 2 * JWKS_COOL_DOWN_S, 0, 2);
	assert_int_equal(jwks_ready(pool->jwks, NOW + 2 * JWKS_COOL_DOWN_S), 0);
	assert_int_equal(pool->server->count, 2);
}

static void rotation_adds_and_removes_keys(void **state)
{
	struct pool *pool = *state;
	EVP_PKEY *found;

	assert_key(pool, "k", NOW, 0, 1);
	answer_with(pool->server, other_key, "new");
	assert_int_equal(jwks_key(pool->jwks, "new", NOW + JWKS_COOL_DOWN_S, &found), 0);
	assert_int_equal(EVP_PKEY_eq(found, other_key), 1);
	assert_key(pool, "k", NOW + JWKS_COOL_DOWN_S, ERR_DENIED, 2);
}

/* A key that the pool removed is refused after JWKS_MAX_AGE_S, even without an unknown id. */
static void set_is_renewed_by_age(void **state)
{
	struct pool *pool = *state;

	assert_key(pool, "k", NOW, 0, 1);

	/* The pool is down when the set is too old: one attempt, and the old keys stay valid. */
	pool->server->step.end = SERVER_CLOSE;
	assert_key(pool, "k", NOW + JWKS_MAX_AGE_S - 1, 0, 1);
	for (int i = 0; i < 100; i++)
		assert_key(pool, "k", NOW + JWKS_MAX_AGE_S + i, 0, 2);

	answer_with(pool->server, other_key, "new");
	assert_key(pool, "k", NOW + 2 * JWKS_MAX_AGE_S, ERR_DENIED, 3);
	assert_key(pool, "new", NOW + 2 * JWKS_MAX_AGE_S, 0, 3);
}

static void clock_set_back_does_not_stop_fetches(void **state)
{
	struct pool *pool = *state;

	assert_key(pool, "k", NOW, 0, 1);
	answer_with(pool->server, other_key, "new");
	assert_key(pool, "new", NOW - 86400, 0, 2);
	assert_key(pool, "other", NOW - 86400 + 1, ERR_DENIED, 2);
}

/* Without a set only the circuit breaker limits the attempts; the first answer closes it. */
static void without_a_set_the_breaker_limits_the_attempts(void **state)
{
	struct pool *pool = *state;

	pool->server->step.end = SERVER_CLOSE;
	for (unsigned i = 1; i <= BREAKER_FAILURES; i++)
		assert_key(pool, "k", NOW, ERR_UNAVAILABLE, i);
	assert_int_not_equal(budget.deps[DEP_COGNITO].open_until_ms, 0);
	budget.deps[DEP_COGNITO].open_until_ms = INT64_MAX;
	for (int i = 0; i < 100; i++)
		assert_key(pool, "k", NOW, ERR_UNAVAILABLE, BREAKER_FAILURES);
	assert_int_equal(jwks_ready(pool->jwks, NOW), ERR_UNAVAILABLE);
	assert_int_equal(pool->server->count, BREAKER_FAILURES);

	/* The breaker closes and the pool is up again: no cool-down of 30 s. */
	budget.deps[DEP_COGNITO].open_until_ms = 0;
	pool->server->step.end = SERVER_KEEP;
	assert_key(pool, "k", NOW + 1, 0, BREAKER_FAILURES + 1);
	assert_int_equal(budget.deps[DEP_COGNITO].failures, 0);
}

/* Without a usable set in time there are no keys at first, and the old ones later. */
static void unusable_answers_count_as_failures(void **state)
{
	enum { SET, HUGE, TEXT };
	static const struct {
		enum server_end mode;
		int status, what;
		const char *text;
	} answers[] = {
		{SERVER_KEEP, 200, TEXT, "garbage"}, {SERVER_KEEP, 200, TEXT, "{\"keys\":[]}"},
		{SERVER_KEEP, 200, TEXT, ""},	     {SERVER_KEEP, 200, HUGE, NULL},
		{SERVER_KEEP, 500, SET, NULL},	     {SERVER_KEEP, 404, SET, NULL},
		{SERVER_KEEP, 302, SET, NULL},	     {SERVER_CUT, 200, SET, NULL},
		{SERVER_CLOSE, 200, SET, NULL},	     {SERVER_SILENT, 200, SET, NULL},
	};
	struct server *server = server_start(SCRIPT({0}));
	buf_auto set = BUF_INIT(SIGNING_MAX), huge = BUF_INIT(512 * 1024);

	(void)state;
	signing_set(key, "k", &set);
	/* Valid, but larger than a set may be. */
	buf_append(&huge, set.data, set.len);
	while (huge.len <= JWKS_BYTES_MAX)
		buf_putc(&huge, ' ');

	for (size_t i = 0; i < COUNT(answers); i++) {
		struct slice body = answers[i].what == SET    ? buf_slice(&set)
				    : answers[i].what == HUGE ? buf_slice(&huge)
							      : slice_of(answers[i].text);

		for (int had_set = 0; had_set < 2; had_set++) {
			struct jwks *jwks = fresh(server->url);
			EVP_PKEY *found;
			unsigned before;

			if (had_set) {
				answer_with(server, key, "k");
				assert_int_equal(jwks_key(jwks, "k", NOW, &found), 0);
			}
			server_set(server, answers[i].mode, answers[i].status, body.ptr, body.len);
			if (answers[i].mode == SERVER_SILENT)
				budget_start(&budget, 200);
			before = server->count;
			assert_int_equal(jwks_key(jwks, "new", NOW + JWKS_COOL_DOWN_S, &found),
					 had_set ? ERR_DENIED : ERR_UNAVAILABLE);
			/* A silent server may not have read the request yet. */
			if (answers[i].mode != SERVER_SILENT)
				assert_int_equal(server->count, before + 1);
			assert_int_equal(budget.deps[DEP_COGNITO].failures, 1);
			if (answers[i].what == TEXT)
				assert_string_equal(jwks_problem(jwks),
						    "no key set with a usable key");
			if (had_set)
				assert_int_equal(jwks_key(jwks, "k", NOW + JWKS_COOL_DOWN_S,
							  &found),
						 0);
			jwks_free(jwks);
		}
	}
	server_stop(server);
}

/* A request without time left does not start the cool-down for other requests. */
static void without_time_left_no_fetch_is_tried(void **state)
{
	struct pool *pool = *state;

	assert_key(pool, "k", NOW, 0, 1);
	answer_with(pool->server, other_key, "new");
	budget_start(&budget, 0);
	assert_key(pool, "new", NOW + JWKS_COOL_DOWN_S, ERR_DENIED, 1);
	budget_start(&budget, 60000);
	assert_key(pool, "new", NOW + JWKS_COOL_DOWN_S, 0, 2);
}

#define POOL_TEST(test) cmocka_unit_test_setup_teardown(test, open_pool, close_pool)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_checked_by_their_members),
		cmocka_unit_test(keys_are_checked_by_their_numbers),
		cmocka_unit_test(texts_that_are_not_key_sets_are_refused),
		cmocka_unit_test(unusable_keys_are_skipped),
		cmocka_unit_test(number_of_keys_is_limited),
		cmocka_unit_test(forbidden_url_is_never_fetched),
		POOL_TEST(set_is_fetched_once),
		POOL_TEST(unknown_ids_cause_one_fetch_per_cool_down),
		POOL_TEST(failed_fetch_starts_the_cool_down),
		POOL_TEST(rotation_adds_and_removes_keys),
		POOL_TEST(set_is_renewed_by_age),
		POOL_TEST(clock_set_back_does_not_stop_fetches),
		POOL_TEST(without_a_set_the_breaker_limits_the_attempts),
		cmocka_unit_test(unusable_answers_count_as_failures),
		POOL_TEST(without_time_left_no_fetch_is_tried),
	};

	return cmocka_run_group_tests(tests, signing_open, signing_close);
}
