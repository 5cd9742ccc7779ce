/* token_test.c - the whole verifier: keys over HTTP, and the cache of tokens. */
#include "identity/token.h"

#include <stdio.h>

#include "base/err.h"
#include "server.h"
#include "signing.h"

/* A pool and a verifier without keys and tokens, in a request with a minute left. */
struct pool {
	struct server *server;
	struct config config;
	struct budget budget;
	struct token_verifier *tokens;
};

static void publish(struct pool *pool, EVP_PKEY *with, const char *key_id)
{
	buf_auto text = BUF_INIT(SIGNING_MAX);

	signing_set(with, key_id, &text);
	server_set(pool->server, SERVER_KEEP, 200, text.data, text.len);
}

static int open_pool(void **state)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	assert_non_null(pool);
	pool->server = server_start(SCRIPT({0}));
	pool->config = (struct config){.cognito_client_id = CLIENT, .cognito_issuer = ISSUER};
	snprintf(pool->config.cognito_jwks_url, sizeof(pool->config.cognito_jwks_url),
		 "%s/pool/.well-known/jwks.json", pool->server->url);
	budget_start(&pool->budget, 60000);
	pool->tokens = token_verifier_new(&pool->config, &pool->budget);
	assert_non_null(pool->tokens);
	publish(pool, key, "key-1");
	*state = pool;
	return 0;
}

static int close_pool(void **state)
{
	struct pool *pool = *state;

	token_verifier_free(pool->tokens);
	server_stop(pool->server);
	free(pool);
	return 0;
}

/* A valid token with this subject and expiry. */
static void make_token(const char *subject, long long exp, struct buf *ret)
{
	buf_auto claims = BUF_INIT(1024);

	buf_printf(&claims,
		   "{\"iss\":\"" ISSUER "\",\"client_id\":\"" CLIENT "\","
		   "\"token_use\":\"access\",\"sub\":\"%s\",\"exp\":%lld}",
		   subject, exp);
	buf_reset(ret);
	signing_token(key, SLICE(HEADER), buf_slice(&claims), ret);
}

static void valid_token_gives_its_subject(void **state)
{
	struct pool *pool = *state;
	buf_auto text = BUF_INIT(SIGNING_MAX);
	struct token token;

	make_token("andrew", NOW + 60, &text);
	assert_int_equal(token_verify(pool->tokens, buf_slice(&text), NOW, &token), 0);
	assert_string_equal(token.subject, "andrew");
	assert_int_equal(token.expires_s, NOW + 60);
	assert_memory_equal(pool->server->requests[0],
			    "GET /pool/.well-known/jwks.json HTTP/1.1\r\n", 42);
}

static void many_tokens_cause_one_fetch(void **state)
{
	enum { MANY = 300 };
	struct pool *pool = *state;
	struct buf texts[MANY];
	char subject[32];

	/* More tokens than the cache holds, each twice: no token is confused with another. */
	for (int i = 0; i < 2 * MANY; i++) {
		int n = i % MANY;
		struct token token;

		snprintf(subject, sizeof(subject), "user-%d", n);
		if (i < MANY) {
			texts[n] = (struct buf)BUF_INIT(SIGNING_MAX);
			make_token(subject, NOW + 60 + n, &texts[n]);
		}
		assert_int_equal(token_verify(pool->tokens, buf_slice(&texts[n]), NOW, &token), 0);
		assert_string_equal(token.subject, subject);
		assert_int_equal(token.expires_s, NOW + 60 + n);
	}
	for (int n = 0; n < MANY; n++)
		buf_dispose(&texts[n]);
	assert_int_equal(pool->server->count, 1);
}

/*
 * After the pool has removed its key, a token that was verified before is accepted until it
 * expires, and one that was not is refused: only the verified token is in the cache.
 */
static void verified_token_is_cached_until_it_expires(void **state)
{
	struct pool *pool = *state;
	buf_auto seen = BUF_INIT(SIGNING_MAX), unseen = BUF_INIT(SIGNING_MAX);
	struct token token;
	char *last;

	make_token("seen", NOW + 600, &seen);
	make_token("unseen", NOW + 600, &unseen);
	assert_int_equal(token_verify(pool->tokens, buf_slice(&seen), NOW, &token), 0);

	publish(pool, other_key, "key-2");
	{
		buf_auto new = BUF_INIT(SIGNING_MAX);

		signing_token(other_key, SLICE("{\"alg\":\"RS256\",\"kid\":\"key-2\"}"),
			      SLICE(CLAIMS), &new);
		assert_int_equal(token_verify(pool->tokens, buf_slice(&new), NOW + 30, &token), 0);
		assert_string_equal(token.subject, SUBJECT);
	}
	assert_int_equal(token_verify(pool->tokens, buf_slice(&unseen), NOW + 30, &token),
			 ERR_DENIED);
	assert_int_equal(token_verify(pool->tokens, buf_slice(&seen), NOW + 599, &token), 0);
	assert_string_equal(token.subject, "seen");
	assert_int_equal(token_verify(pool->tokens, buf_slice(&seen), NOW + 600, &token),
			 ERR_DENIED);

	/* A token that differs in one character is not the cached one. */
	last = seen.data + seen.len - 2;
	*last = *last == 'A' ? 'B' : 'A';
	assert_int_equal(token_verify(pool->tokens, buf_slice(&seen), NOW + 30, &token),
			 ERR_DENIED);
}

/* A refused token changes neither the output nor the cache. */
static void refused_token_stays_refused(void **state)
{
	struct pool *pool = *state;
	buf_auto forged = BUF_INIT(SIGNING_MAX);
	struct token token = {.subject = "untouched", .expires_s = 1};

	signing_token(other_key, SLICE(HEADER), SLICE(CLAIMS), &forged);
	for (int i = 0; i < 3; i++)
		assert_int_equal(token_verify(pool->tokens, buf_slice(&forged), NOW, &token),
				 ERR_DENIED);
	assert_string_equal(token.subject, "untouched");
	assert_int_equal(token.expires_s, 1);
	assert_int_equal(pool->server->count, 1);
}

/* Malformed tokens must not cause a fetch, even while there is no key set. */
static void bad_tokens_cause_no_fetch(void **state)
{
	static const struct {
		const char *header, *claims;
	} cases[] = {
		{"{\"alg\":\"none\",\"kid\":\"key-1\"}", CLAIMS},
		{"{\"alg\":\"HS256\",\"kid\":\"key-1\"}", CLAIMS},
		{"{\"alg\":\"rs256\",\"kid\":\"key-1\"}", CLAIMS},
		{"{\"alg\":\"RS256\",\"kid\":\"key-1\",\"crit\":[\"x\"],\"x\":1}", CLAIMS},
		{"{\"alg\":\"RS256\"}", CLAIMS},
		{"{\"alg\":\"RS256\",\"kid\":7}", CLAIMS},
		{"header", CLAIMS},
		{HEADER, "claims"},
		{HEADER, CLAIMS "x"},
		{HEADER, CLAIMS_OPEN "}"},
		{HEADER, CLAIMS_OPEN ",\"exp\":1799999999}"},
		{HEADER, CLAIMS_OPEN ",\"exp\":\"1800003600\"}"},
		{HEADER, CLAIMS_OPEN ",\"exp\":1800003600,\"nbf\":1800000100}"},
		{HEADER, "{\"iss\":\"https://example.org\",\"client_id\":\"" CLIENT
			 "\",\"token_use\":\"access\",\"sub\":\"s\",\"exp\":1800003600}"},
		{HEADER, "{\"iss\":\"" ISSUER "\",\"client_id\":\"other\","
			 "\"token_use\":\"access\",\"sub\":\"s\",\"exp\":1800003600}"},
		{HEADER, "{\"iss\":\"" ISSUER "\",\"aud\":\"" CLIENT "\","
			 "\"token_use\":\"id\",\"sub\":\"s\",\"exp\":1800003600}"},
		{HEADER, "{\"iss\":\"" ISSUER "\",\"client_id\":\"" CLIENT
			 "\",\"token_use\":\"access\",\"sub\":\"\",\"exp\":1800003600}"},
	};
	struct pool *pool = *state;
	buf_auto text = BUF_INIT(SIGNING_MAX);
	struct token token;

	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&text);
		signing_token(key, slice_of(cases[i].header), slice_of(cases[i].claims), &text);
		assert_int_equal(token_verify(pool->tokens, buf_slice(&text), NOW, &token),
				 ERR_DENIED);
	}

	/* Malformed: empty, without parts, with another alphabet, of 100 kB. */
	buf_reset(&text);
	assert_int_equal(token_verify(pool->tokens, (struct slice){0}, NOW, &token), ERR_DENIED);
	assert_int_equal(token_verify(pool->tokens, SLICE("token"), NOW, &token), ERR_DENIED);
	signing_token(key, SLICE(HEADER), SLICE(CLAIMS), &text);
	buf_puts(&text, "+/==");
	assert_int_equal(token_verify(pool->tokens, buf_slice(&text), NOW, &token), ERR_DENIED);
	while (text.len < 100000)
		buf_putc(&text, 'A');
	assert_int_equal(token_verify(pool->tokens, buf_slice(&text), NOW, &token), ERR_DENIED);

	assert_int_equal(pool->server->count, 0);
	assert_int_equal(pool->budget.deps[DEP_COGNITO].calls, 0);
}

static void unknown_key_ids_cause_one_fetch(void **state)
{
	struct pool *pool = *state;
	buf_auto good = BUF_INIT(SIGNING_MAX), header = BUF_INIT(256), text = BUF_INIT(SIGNING_MAX);
	struct token token;

	make_token("andrew", NOW + 600, &good);
	assert_int_equal(token_verify(pool->tokens, buf_slice(&good), NOW, &token), 0);
	for (int i = 0; i < 200; i++) {
		buf_reset(&header);
		buf_reset(&text);
		buf_printf(&header, "{\"alg\":\"RS256\",\"kid\":\"unknown-%d\"}", i);
		/* Without a key the signature is not checked, so any will do. */
		base64url_encode(buf_slice(&header), &text);
		buf_puts(&text, strchr(good.data, '.'));
		assert_int_equal(token_verify(pool->tokens, buf_slice(&text), NOW + 30, &token),
				 ERR_DENIED);
	}
	assert_int_equal(pool->server->count, 2);
}

static void keys_survive_a_pool_that_goes_up_and_down(void **state)
{
	struct pool *pool = *state;
	buf_auto text = BUF_INIT(SIGNING_MAX), later = BUF_INIT(SIGNING_MAX);
	buf_auto strange = BUF_INIT(SIGNING_MAX), bad = BUF_INIT(SIGNING_MAX);
	struct token token;

	make_token("andrew", NOW + 600, &text);
	make_token("bayko", NOW + 600, &later);
	signing_token(other_key, SLICE("{\"alg\":\"RS256\",\"kid\":\"strange\"}"), SLICE(CLAIMS),
		      &strange);
	signing_token(key, SLICE(HEADER), SLICE(CLAIMS_OPEN ",\"exp\":1}"), &bad);

	pool->server->step.end = SERVER_CLOSE;
	assert_int_equal(token_verifier_ready(pool->tokens), ERR_UNAVAILABLE);
	assert_int_equal(token_verify(pool->tokens, buf_slice(&text), NOW, &token),
			 ERR_UNAVAILABLE);
	assert_int_equal(token_verify(pool->tokens, buf_slice(&bad), NOW, &token), ERR_DENIED);

	pool->server->step.end = SERVER_KEEP;
	pool->budget.deps[DEP_COGNITO].open_until_ms = 0;
	assert_int_equal(token_verify(pool->tokens, buf_slice(&text), NOW, &token), 0);
	assert_int_equal(token_verifier_ready(pool->tokens), 0);

	pool->server->step.end = SERVER_CLOSE;
	assert_int_equal(token_verify(pool->tokens, buf_slice(&text), NOW + 30, &token), 0);
	assert_int_equal(token_verify(pool->tokens, buf_slice(&strange), NOW + 30, &token),
			 ERR_DENIED);
	/* A new token with a known key. */
	assert_int_equal(token_verify(pool->tokens, buf_slice(&later), NOW + 31, &token), 0);
	assert_string_equal(token.subject, "bayko");
	assert_int_equal(token_verifier_ready(pool->tokens), 0);
}

static void readiness_fetches_the_first_set(void **state)
{
	struct pool *pool = *state;

	assert_int_equal(token_verifier_ready(pool->tokens), 0);
	assert_int_equal(token_verifier_ready(pool->tokens), 0);
	assert_int_equal(pool->server->count, 1);
}

#define POOL_TEST(test) cmocka_unit_test_setup_teardown(test, open_pool, close_pool)

int main(void)
{
	const struct CMUnitTest tests[] = {
		POOL_TEST(valid_token_gives_its_subject),
		POOL_TEST(many_tokens_cause_one_fetch),
		POOL_TEST(verified_token_is_cached_until_it_expires),
		POOL_TEST(refused_token_stays_refused),
		POOL_TEST(bad_tokens_cause_no_fetch),
		POOL_TEST(unknown_key_ids_cause_one_fetch),
		POOL_TEST(keys_survive_a_pool_that_goes_up_and_down),
		POOL_TEST(readiness_fetches_the_first_set),
	};

	return cmocka_run_group_tests(tests, signing_open, signing_close);
}
