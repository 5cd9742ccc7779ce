/* signing.h - keys, key sets and signed tokens for the tests of identity. */
#ifndef SIGNING_H
#define SIGNING_H

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>

#include "base/base64url.h"
#include "base/buf.h"
#include "signing_keys.h"
#include "unit.h"

#define SIGNING_MAX (256 * 1024)
#define NOW	    INT64_C(1800000000)
#define ISSUER	    "https://cognito-idp.ca-central-1.amazonaws.com/ca-central-1_pool"
#define CLIENT	    "1example23456789"
#define SUBJECT	    "3c4d0b7e-0f1a-4b6d-9a55-1f4c1d2e3f40"

/* The claims of a valid access token without the closing brace, so that tests can add members. */
#define CLAIMS_OPEN                                                                                \
	"{\"iss\":\"" ISSUER "\",\"client_id\":\"" CLIENT "\",\"token_use\":\"access\","           \
	"\"sub\":\"" SUBJECT "\",\"iat\":1800000000"
#define CLAIMS CLAIMS_OPEN ",\"exp\":1800003600}"
#define HEADER "{\"alg\":\"RS256\",\"kid\":\"key-1\"}"

/* The key of the pool, a foreign key, and a key of 1024 bits. */
static EVP_PKEY *key, *other_key, *short_key;

static inline EVP_PKEY *signing_read(const char *pem)
{
	BIO *text = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *read = PEM_read_bio_PrivateKey(text, NULL, NULL, NULL);

	BIO_free(text);
	return read;
}

/* Setup and teardown of a group of tests. */
static inline int signing_open(void **state)
{
	(void)state;
	key = signing_read(signing_key);
	other_key = signing_read(signing_other_key);
	short_key = signing_read(signing_short_key);
	return key && other_key && short_key ? 0 : -1;
}

static inline int signing_close(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	EVP_PKEY_free(other_key);
	EVP_PKEY_free(short_key);
	return 0;
}

/* Append a number of key `with`, encoded as in a JWK. */
static inline void signing_number(EVP_PKEY *with, const char *param, struct buf *ret)
{
	unsigned char bytes[1024];
	BIGNUM *number = NULL;
	int len;

	assert_int_equal(EVP_PKEY_get_bn_param(with, param, &number), 1);
	assert_true(BN_num_bytes(number) <= (int)sizeof(bytes));
	len = BN_bn2bin(number, bytes);
	BN_free(number);
	base64url_encode((struct slice){(const char *)bytes, (size_t)len}, ret);
}

/* Append the JWK of `with`, with `members` before its numbers: `"kid":"…",` and others. */
static inline void signing_jwk(EVP_PKEY *with, const char *members, struct buf *ret)
{
	buf_printf(ret, "{%s\"n\":\"", members);
	signing_number(with, OSSL_PKEY_PARAM_RSA_N, ret);
	buf_puts(ret, "\",\"e\":\"");
	signing_number(with, OSSL_PKEY_PARAM_RSA_E, ret);
	buf_puts(ret, "\"}");
	assert_false(ret->failed);
}

/* Append a key set with the single key `with`. */
static inline void signing_set(EVP_PKEY *with, const char *key_id, struct buf *ret)
{
	char members[256];

	snprintf(members, sizeof(members),
		 "\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"%s\",", key_id);
	buf_puts(ret, "{\"keys\":[");
	signing_jwk(with, members, ret);
	buf_puts(ret, "]}");
}

/* Sign the bytes of `ret` from `begin` on with RSA, SHA-256 and `padding`; append the signature. */
static inline void signing_sign(EVP_PKEY *with, int padding, size_t begin, struct buf *ret)
{
	unsigned char signature[1024];
	size_t len = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *parameters = NULL;

	assert_int_equal(EVP_DigestSignInit(ctx, &parameters, EVP_sha256(), NULL, with), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(parameters, padding), 1);
	assert_int_equal(EVP_DigestSign(ctx, signature, &len,
					(const unsigned char *)ret->data + begin, ret->len - begin),
			 1);
	EVP_MD_CTX_free(ctx);
	buf_putc(ret, '.');
	base64url_encode((struct slice){(const char *)signature, len}, ret);
	assert_false(ret->failed);
}

/* Append the token of `header` and `claims`, signed by `with`. */
static inline void signing_token(EVP_PKEY *with, struct slice header, struct slice claims,
				 struct buf *ret)
{
	size_t begin = ret->len;

	base64url_encode(header, ret);
	buf_putc(ret, '.');
	base64url_encode(claims, ret);
	signing_sign(with, RSA_PKCS1_PADDING, begin, ret);
}

#endif
