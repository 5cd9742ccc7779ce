/* token.c - see token.h. */
#include "identity/token.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "identity/jwks.h"
#include "identity/jwt.h"

/* One slot per value of a digest's first byte; a newer token evicts the older one. */
#define REMEMBERED_MAX 256

/* Only digests are kept: no token can be stolen from this memory. */
struct remembered {
	unsigned char digest[CRYPTO_DIGEST_SIZE];
	struct token token; /* expires_s is 0 in an empty slot */
};

struct token_verifier {
	const struct config *config;
	struct jwks *jwks;
	struct remembered remembered[REMEMBERED_MAX];
};

static int verify(struct token_verifier *verifier, struct slice text, int64_t now_s,
		  struct token *ret_token)
{
	jwt_auto jwt = {0};
	struct token token;
	EVP_PKEY *key;
	int r;

	/* Checks without a key come first: an invalid token never causes a fetch of keys. */
	r = jwt_open(text, &jwt);
	if (r == 0)
		r = jwt_claims(&jwt, verifier->config, now_s, &token);
	if (r == 0)
		r = jwks_key(verifier->jwks, jwt.key_id, now_s, &key);
	if (r == 0)
		r = jwt_verify(&jwt, key);
	if (r == 0)
		*ret_token = token;
	return r;
}

int token_verify(struct token_verifier *verifier, struct slice jwt, int64_t now_s,
		 struct token *ret_token)
{
	unsigned char digest[CRYPTO_DIGEST_SIZE];
	struct remembered *slot;
	int r;

	if (jwt.len == 0 || jwt.len > JWT_MAX)
		return ERR_DENIED;
	r = crypto_sha256(&jwt, 1, digest);
	if (r < 0)
		return r;

	slot = &verifier->remembered[digest[0]];
	if (slot->token.expires_s <= now_s ||
	    CRYPTO_memcmp(slot->digest, digest, sizeof(digest)) != 0) {
		r = verify(verifier, jwt, now_s, &slot->token);
		if (r < 0)
			return r;
		memcpy(slot->digest, digest, sizeof(digest));
	}
	*ret_token = slot->token;
	return 0;
}

const char *token_problem(const struct token_verifier *verifier)
{
	return jwks_problem(verifier->jwks);
}

int token_verifier_ready(struct token_verifier *verifier)
{
	return jwks_ready(verifier->jwks, clock_now_us() / 1000000);
}

struct token_verifier *token_verifier_new(const struct config *config, struct budget *budget)
{
	struct token_verifier *verifier = calloc(1, sizeof(*verifier));

	if (!verifier)
		return NULL;
	verifier->config = config;
	verifier->jwks = jwks_new(config->cognito_jwks_url, budget);
	if (!verifier->jwks) {
		free(verifier);
		return NULL;
	}
	return verifier;
}

void token_verifier_free(struct token_verifier *verifier)
{
	if (!verifier)
		return;
	jwks_free(verifier->jwks);
	free(verifier);
}
