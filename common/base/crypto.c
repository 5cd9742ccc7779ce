/* crypto.c - see crypto.h. */
#include "base/crypto.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/hex.h"

/* Global, as OpenSSL's own tables are: contexts with their algorithm set, ready for use. */
static struct {
	EVP_MD_CTX *sha256, *sha1;
	EVP_MAC_CTX *hmac;
} contexts;

static EVP_MD_CTX *new_digest(const char *name)
{
	EVP_MD *algorithm = EVP_MD_fetch(NULL, name, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!algorithm || !ctx || EVP_DigestInit_ex2(ctx, algorithm, NULL) != 1) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	EVP_MD_free(algorithm);
	return ctx;
}

static EVP_MAC_CTX *new_hmac(void)
{
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char[]){"SHA256"}, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;

	if (ctx && EVP_MAC_CTX_set_params(ctx, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		ctx = NULL;
	}
	EVP_MAC_free(algorithm);
	return ctx;
}

/* Returns 0; ERR_NO_MEMORY. */
static int make_contexts(void)
{
	if (!contexts.sha256)
		contexts.sha256 = new_digest("SHA256");
	if (!contexts.sha1)
		contexts.sha1 = new_digest("SHA1");
	if (!contexts.hmac)
		contexts.hmac = new_hmac();
	return contexts.sha256 && contexts.sha1 && contexts.hmac ? 0 : ERR_NO_MEMORY;
}

int crypto_init(void)
{
	unsigned char byte;
	EVP_KEYMGMT *keys = EVP_KEYMGMT_fetch(NULL, "RSA", NULL);
	EVP_SIGNATURE *signatures = EVP_SIGNATURE_fetch(NULL, "RSA", NULL);
	bool loaded = keys && signatures && EVP_sha256() && RAND_priv_bytes(&byte, 1) == 1;

	EVP_KEYMGMT_free(keys);
	EVP_SIGNATURE_free(signatures);
	return loaded ? make_contexts() : ERR_NO_MEMORY;
}

static int digest(EVP_MD_CTX *ctx, const struct slice *texts, size_t count,
		  unsigned char *ret_digest)
{
	bool ok = EVP_DigestInit_ex2(ctx, NULL, NULL) == 1;

	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(ctx, texts[i].ptr, texts[i].len) == 1;
	ok = ok && EVP_DigestFinal_ex(ctx, ret_digest, NULL) == 1;
	return ok ? 0 : ERR_NO_MEMORY; /* the only reason to fail */
}

int crypto_sha256(const struct slice *texts, size_t count,
		  unsigned char ret_digest[CRYPTO_DIGEST_SIZE])
{
	if (make_contexts() < 0)
		return ERR_NO_MEMORY;
	return digest(contexts.sha256, texts, count, ret_digest);
}

int crypto_sha1(const struct slice *texts, size_t count, unsigned char ret_digest[CRYPTO_SHA1_SIZE])
{
	if (make_contexts() < 0)
		return ERR_NO_MEMORY;
	return digest(contexts.sha1, texts, count, ret_digest);
}

struct crypto_sum {
	EVP_MD_CTX *ctx;
};

struct crypto_sum *crypto_sum_new(void)
{
	struct crypto_sum *sum = malloc(sizeof(*sum));

	if (!sum)
		return NULL;
	sum->ctx = new_digest("SHA256");
	if (!sum->ctx) {
		free(sum);
		return NULL;
	}
	return sum;
}

void crypto_sum_free(struct crypto_sum *sum)
{
	if (!sum)
		return;
	EVP_MD_CTX_free(sum->ctx);
	free(sum);
}

int crypto_sum_add(struct crypto_sum *sum, struct slice part)
{
	return EVP_DigestUpdate(sum->ctx, part.ptr, part.len) == 1 ? 0 : ERR_NO_MEMORY;
}

int crypto_sum_end(struct crypto_sum *sum, unsigned char ret_digest[CRYPTO_DIGEST_SIZE])
{
	return EVP_DigestFinal_ex(sum->ctx, ret_digest, NULL) == 1 ? 0 : ERR_NO_MEMORY;
}

int crypto_hmac(struct slice key, struct slice text, unsigned char ret_digest[CRYPTO_DIGEST_SIZE])
{
	size_t len;

	if (make_contexts() < 0 ||
	    EVP_MAC_init(contexts.hmac, (const unsigned char *)key.ptr, key.len, NULL) != 1 ||
	    EVP_MAC_update(contexts.hmac, (const unsigned char *)text.ptr, text.len) != 1 ||
	    EVP_MAC_final(contexts.hmac, ret_digest, &len, CRYPTO_DIGEST_SIZE) != 1)
		return ERR_NO_MEMORY;
	return 0;
}

void crypto_hex(const unsigned char digest[CRYPTO_DIGEST_SIZE], char ret_hex[CRYPTO_HEX_SIZE])
{
	*hex_write(digest, CRYPTO_DIGEST_SIZE, ret_hex) = '\0';
}

/*
 * When an allocation fails, the first error is ERR_R_MALLOC_FAILURE, an error of another library,
 * or missing.
 */
bool crypto_rsa_refused(void)
{
	unsigned long error = ERR_peek_error();

	return ERR_GET_LIB(error) == ERR_LIB_RSA && ERR_GET_REASON(error) != ERR_R_MALLOC_FAILURE;
}
