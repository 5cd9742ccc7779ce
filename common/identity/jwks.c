/* jwks.c - see jwks.h. */
#include "identity/jwks.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "identity/jwt.h"
#include "net/http.h"
#include "net/url.h"
#include "run/metrics.h"
#include "json/jsonin.h"

#define FETCH_MS	  2000
#define MODULUS_BITS_MIN  2048 /* RFC 7518 §3.3 */
#define MODULUS_BITS_MAX  4096 /* larger ones only cost time, checked and used */
#define EXPONENT_BITS_MIN 17   /* more than 2^16: FIPS 186-5 §5.1 */
#define EXPONENT_BITS_MAX 64

struct key_set {
	size_t count;
	struct {
		char id[JWT_KEY_ID_SIZE];
		EVP_PKEY *key;
	} keys[JWKS_KEYS_MAX];
};

struct jwks {
	const char *url;
	struct budget *budget;
	int64_t tried_s;    /* when the last fetch began; of no meaning before the first set */
	struct key_set set; /* count 0: there never was one */
	char problem[256];
};

static void set_dispose(struct key_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		EVP_PKEY_free(set->keys[i].key);
	set->count = 0;
}

static EVP_PKEY *set_find(const struct key_set *set, const char *key_id)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->keys[i].id, key_id) == 0)
			return set->keys[i].key;
	return NULL;
}

/*
 * A member that is a big-endian number in base64url (RFC 7518 §2, Base64urlUInt).
 * Returns 0; ERR_INVALID when it is none, or a larger one than any of ours; ERR_NO_MEMORY.
 */
static int read_number(const json_object *jwk, const char *member, BIGNUM **ret)
{
	buf_auto bytes = BUF_INIT(MODULUS_BITS_MAX / 8);
	struct slice text;
	int r;

	if (jsonin_string(jwk, member, &text) < 0 || text.len / 4 * 3 > bytes.max)
		return ERR_INVALID;
	r = base64url_decode(text, &bytes);
	if (r < 0)
		return r;
	*ret = BN_bin2bn((const unsigned char *)bytes.data, (int)bytes.len, NULL);
	return *ret ? 0 : ERR_NO_MEMORY;
}

static bool bits_between(const BIGNUM *number, int min, int max)
{
	return BN_num_bits(number) >= min && BN_num_bits(number) <= max;
}

static EVP_PKEY *key_from_params(OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/*
 * OpenSSL's own test: odd exponent; odd, composite, no small factors.
 * Returns 0; ERR_INVALID; ERR_NO_MEMORY.
 */
static int check_key(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	int r = 0;

	ERR_clear_error();
	if (!ctx)
		r = ERR_NO_MEMORY;
	else if (EVP_PKEY_public_check(ctx) != 1)
		r = crypto_rsa_refused() ? ERR_INVALID : ERR_NO_MEMORY;
	EVP_PKEY_CTX_free(ctx);
	return r;
}

/*
 * The RSA key of modulus n and exponent e.
 * Returns 0; ERR_INVALID when it is not one that we use; ERR_NO_MEMORY.
 */
static int make_key(const BIGNUM *n, const BIGNUM *e, EVP_PKEY **ret_key)
{
	OSSL_PARAM_BLD *builder = NULL;
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;
	int r;

	/* fromdata takes a modulus of 256 bits and an exponent of 1, check_key small exponents. */
	if (!bits_between(n, MODULUS_BITS_MIN, MODULUS_BITS_MAX) ||
	    !bits_between(e, EXPONENT_BITS_MIN, EXPONENT_BITS_MAX))
		return ERR_INVALID;

	builder = OSSL_PARAM_BLD_new();
	if (builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		params = OSSL_PARAM_BLD_to_param(builder);
	if (params)
		key = key_from_params(params);
	r = key ? check_key(key) : ERR_NO_MEMORY;
	if (r == 0)
		*ret_key = key;
	else
		EVP_PKEY_free(key);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	return r;
}

/*
 * Add `jwk` to `set` if it is usable. Of two keys with one id the first is the one found.
 * Returns 0, also when it is passed over; ERR_NO_MEMORY.
 */
static int add_key(struct key_set *set, const json_object *jwk)
{
	BIGNUM *n = NULL, *e = NULL;
	struct slice id;
	char *to = set->keys[set->count].id;
	int r;

	if (!jwt_member_is(jwk, "kty", "RSA") || !jwt_member_is(jwk, "use", "sig"))
		return 0;
	if (json_object_object_get_ex(jwk, "alg", NULL) && !jwt_member_is(jwk, "alg", "RS256"))
		return 0;
	if (jsonin_string(jwk, "kid", &id) < 0 || jwt_copy_name(id, JWT_KEY_ID_SIZE, to) < 0)
		return 0;

	r = read_number(jwk, "n", &n);
	if (r == 0)
		r = read_number(jwk, "e", &e);
	if (r == 0)
		r = make_key(n, e, &set->keys[set->count].key);
	if (r == 0)
		set->count++;
	BN_free(n);
	BN_free(e);
	ERR_clear_error();
	return r == ERR_NO_MEMORY ? r : 0;
}

int jwks_load(struct jwks *jwks, struct slice text)
{
	json_auto *object = NULL;
	json_object *keys = NULL;
	struct key_set set = {0};
	int r;

	r = jsonin_object(text, &object);
	if (r == 0)
		r = jsonin_array(object, "keys", &keys);
	if (r < 0)
		return r == ERR_NO_MEMORY ? r : ERR_INVALID;

	for (size_t i = 0;
	     r == 0 && i < json_object_array_length(keys) && set.count < JWKS_KEYS_MAX; i++) {
		const json_object *jwk = json_object_array_get_idx(keys, i);

		if (json_object_is_type(jwk, json_type_object))
			r = add_key(&set, jwk);
	}
	if (r == 0 && set.count == 0)
		r = ERR_INVALID;
	if (r < 0) {
		set_dispose(&set); /* a set that lacks keys would refuse good tokens */
		return r;
	}

	set_dispose(&jwks->set);
	jwks->set = set;
	return 0;
}

static void explain(struct jwks *jwks, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void explain(struct jwks *jwks, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(jwks->problem, sizeof(jwks->problem), format, args);
	va_end(args);
}

const char *jwks_problem(const struct jwks *jwks)
{
	return jwks->problem;
}

static int fetch(struct jwks *jwks, int64_t timeout_ms)
{
	const struct http_request request = {
		.method = "GET",
		.url = jwks->url,
		.headers = {"Accept: application/json"},
		.timeout_ms = timeout_ms,
	};
	struct http_response response;
	buf_auto body = BUF_INIT(JWKS_BYTES_MAX);
	/* Fetches are hours apart: a connection of its own for each costs less than a kept one. */
	struct http *http = http_new();
	int r;

	if (!http)
		return ERR_NO_MEMORY;
	r = http_send(http, &request, &body, &response);
	if (r < 0)
		explain(jwks, "%s", http_problem(http));
	http_free(http);
	if (r < 0)
		return r;
	if (response.status != 200) {
		explain(jwks, "status %d", response.status);
		return ERR_UNAVAILABLE;
	}
	r = jwks_load(jwks, buf_slice(&body));
	if (r < 0)
		explain(jwks, "%s",
			r == ERR_NO_MEMORY ? "out of memory" : "no key set with a usable key");
	return r;
}

/* Fetch the set, if the time left and the breaker allow it; an unusable set is no answer. */
static int refresh(struct jwks *jwks, int64_t now_s)
{
	int64_t timeout_ms, started_us;
	int r;

	if (!url_is_protected(jwks->url, NULL))
		return ERR_UNAVAILABLE;
	r = budget_allow(jwks->budget, DEP_COGNITO, FETCH_MS, &timeout_ms);
	if (r < 0)
		return r;

	jwks->tried_s = now_s; /* before the fetch: a slow failure counts as well */
	started_us = clock_monotonic_us();
	jwks->problem[0] = '\0';
	r = fetch(jwks, timeout_ms);
	budget_record(jwks->budget, OPERATION_JWKS, started_us, r == 0);
	if (r == 0)
		metrics_keys_got(jwks->budget->metrics, now_s);
	return r;
}

/* Whether the last try is `age_s` old; it also is when the clock was set back. */
static bool tried_before(const struct jwks *jwks, int64_t now_s, int64_t age_s)
{
	return now_s < jwks->tried_s || now_s - jwks->tried_s >= age_s;
}

int jwks_ready(struct jwks *jwks, int64_t now_s)
{
	if (jwks->set.count == 0)
		(void)refresh(jwks, now_s);
	return jwks->set.count > 0 ? 0 : ERR_UNAVAILABLE;
}

int jwks_key(struct jwks *jwks, const char *key_id, int64_t now_s, EVP_PKEY **ret_key)
{
	EVP_PKEY *key = set_find(&jwks->set, key_id);

	if (jwks->set.count == 0 ||
	    tried_before(jwks, now_s, key ? JWKS_MAX_AGE_S : JWKS_COOL_DOWN_S)) {
		(void)refresh(jwks, now_s);
		key = set_find(&jwks->set, key_id);
	}
	if (jwks->set.count == 0)
		return ERR_UNAVAILABLE;
	if (!key)
		return ERR_DENIED;
	*ret_key = key;
	return 0;
}

struct jwks *jwks_new(const char *url, struct budget *budget)
{
	struct jwks *jwks = calloc(1, sizeof(*jwks));

	if (!jwks)
		return NULL;
	jwks->url = url;
	jwks->budget = budget;
	return jwks;
}

void jwks_free(struct jwks *jwks)
{
	if (!jwks)
		return;
	set_dispose(&jwks->set);
	free(jwks);
}
