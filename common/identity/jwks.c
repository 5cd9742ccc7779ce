/* jwks.c - see jwks.h. */
#include "identity/jwks.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdlib.h>

#include "base/base64url.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/note.h"
#include "base/text.h"
#include "identity/jwt.h"
#include "json/jsonin.h"
#include "net/http.h"
#include "net/url.h"
#include "run/metrics.h"

#define FETCH_MS	  2000
#define MODULUS_BITS_MIN  2048 /* RFC 7518 §3.3 */
#define MODULUS_BITS_MAX  4096 /* larger keys are slow to check and to use */
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
	int64_t tried_s;    /* when the last fetch began; unused before the first set */
	struct key_set set; /* count 0: no set was fetched yet */
	struct note problem;
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
 * Read a member that is a big-endian number in base64url (RFC 7518 §2, Base64urlUInt).
 * Returns 0; ERR_INVALID when it is not, or has more than MODULUS_BITS_MAX bits; ERR_NO_MEMORY.
 */
static int read_number(const json_object *jwk, const char *member, BIGNUM **ret_number)
{
	buf_auto bytes = BUF_INIT(MODULUS_BITS_MAX / 8);
	struct slice text;
	BIGNUM *number;
	int r;

	if (jsonin_string(jwk, member, &text) < 0 || text.len / 4 * 3 > bytes.max)
		return ERR_INVALID;
	r = base64url_decode(text, &bytes);
	if (r < 0)
		return r;
	number = BN_bin2bn((const unsigned char *)bytes.data, (int)bytes.len, NULL);
	if (!number)
		return ERR_NO_MEMORY;
	*ret_number = number;
	return 0;
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
 * OpenSSL's checks: the exponent is odd; the modulus is odd, composite, without small factors.
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
 * Make the RSA key of modulus n and exponent e.
 * Returns 0; ERR_INVALID when the key is not acceptable; ERR_NO_MEMORY.
 */
static int make_key(const BIGNUM *n, const BIGNUM *e, EVP_PKEY **ret_key)
{
	OSSL_PARAM_BLD *builder = NULL;
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;
	int r;

	/* fromdata accepts a modulus of 256 bits and an exponent of 1, check_key a small exponent.
	 */
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
 * Add `jwk` to `set` if it is usable. Of two keys with the same id the first one is found.
 * Returns 0, also when the key is skipped; ERR_NO_MEMORY.
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
	if (jsonin_string(jwk, "kid", &id) < 0 || !text_copy_name(id, to, JWT_KEY_ID_SIZE))
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
		set_dispose(&set); /* an incomplete set would refuse valid tokens */
		return r;
	}

	set_dispose(&jwks->set);
	jwks->set = set;
	return 0;
}

const char *jwks_problem(const struct jwks *jwks)
{
	return jwks->problem.text;
}

static int fetch(struct jwks *jwks, int64_t timeout_ms)
{
	const struct http_request request = {
		.method = "GET",
		.url = jwks->url,
		.headers = {"Accept: application/json"},
		.timeout_ms = timeout_ms,
	};
	buf_auto body = BUF_INIT(JWKS_BYTES_MAX);
	/* Fetches are an hour apart: a new connection costs less than a kept one. */
	struct http *http = http_new();
	int status, r;

	if (!http)
		return ERR_NO_MEMORY;
	r = http_send(http, &request, &body, &status);
	if (r < 0)
		note_set(&jwks->problem, "%s", http_problem(http));
	http_free(http);
	if (r < 0)
		return r;
	if (status != 200)
		return note_fail(&jwks->problem, ERR_UNAVAILABLE, "status %d", status);
	r = jwks_load(jwks, buf_slice(&body));
	if (r == ERR_NO_MEMORY)
		note_set(&jwks->problem, "out of memory");
	else if (r < 0)
		note_set(&jwks->problem, "no key set with a usable key");
	return r;
}

/*
 * Fetch the set if the budget allows it. An unusable set counts as a failure of Cognito. The
 * callers use the set that there is afterwards.
 */
static void refresh(struct jwks *jwks, int64_t now_s)
{
	int64_t timeout_ms, started_us;
	int r;

	if (!url_is_protected(jwks->url, NULL) ||
	    budget_allow(jwks->budget, DEP_COGNITO, FETCH_MS, &timeout_ms) < 0)
		return;
	jwks->tried_s = now_s; /* set before the fetch: a slow failure counts, too */
	started_us = clock_monotonic_us();
	note_clear(&jwks->problem);
	r = fetch(jwks, timeout_ms);
	budget_record(jwks->budget, OPERATION_JWKS, started_us, r == 0);
	if (r == 0)
		metrics_keys_got(jwks->budget->metrics, now_s);
}

/* Whether the last attempt is `age_s` old, or the clock was set back since then. */
static bool tried_before(const struct jwks *jwks, int64_t now_s, int64_t age_s)
{
	return now_s < jwks->tried_s || now_s - jwks->tried_s >= age_s;
}

int jwks_ready(struct jwks *jwks, int64_t now_s)
{
	if (jwks->set.count == 0)
		refresh(jwks, now_s);
	return jwks->set.count > 0 ? 0 : ERR_UNAVAILABLE;
}

int jwks_key(struct jwks *jwks, const char *key_id, int64_t now_s, EVP_PKEY **ret_key)
{
	EVP_PKEY *key = set_find(&jwks->set, key_id);

	if (jwks->set.count == 0 ||
	    tried_before(jwks, now_s, key ? JWKS_MAX_AGE_S : JWKS_COOL_DOWN_S)) {
		refresh(jwks, now_s);
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
