/* token.c - see token.h. */
#include "identity/token.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "identity/jwks.h"
#include "identity/jwt.h"

/* One slot for each value of a digest's first byte; a newer token takes the slot over. */
#define REMEMBERED_MAX 256

/* A token is remembered by its digest alone: what is kept here opens no door. */
struct remembered {
	unsigned char digest[CRYPTO_DIGEST_SIZE];
	struct token token; /* expires_s is 0 in an empty slot */
};

struct tokens {
	const struct config *config;
	struct jwks *jwks;
	struct remembered remembered[REMEMBERED_MAX];
};

static int verify(struct tokens *tokens, struct slice text, int64_t now_s, struct token *ret_token)
{
	jwt_auto jwt = {0};
	struct token token;
	EVP_PKEY *key;
	int r;

	/* All that costs no key comes first: a bad token never causes a fetch of keys. */
	r = jwt_open(text, &jwt);
	if (r == 0)
		r = jwt_claims(&jwt, tokens->config, now_s, &token);
	if (r == 0)
		r = jwks_key(tokens->jwks, jwt.key_id, now_s, &key);
	if (r == 0)
		r = jwt_verify(&jwt, key);
	if (r == 0)
		*ret_token = token;
	return r;
}

int tokens_verify(struct tokens *tokens, struct slice jwt, int64_t now_s, struct token *ret_token)
{
	unsigned char digest[CRYPTO_DIGEST_SIZE];
	struct remembered *slot;
	int r;

	if (jwt.len == 0 || jwt.len > JWT_MAX)
		return ERR_TOKEN_INVALID;
	r = crypto_sha256(&jwt, 1, digest);
	if (r < 0)
		return r;

	slot = &tokens->remembered[digest[0]];
	if (slot->token.expires_s <= now_s ||
	    CRYPTO_memcmp(slot->digest, digest, sizeof(digest)) != 0) {
		r = verify(tokens, jwt, now_s, &slot->token);
		if (r < 0)
			return r;
		memcpy(slot->digest, digest, sizeof(digest));
	}
	*ret_token = slot->token;
	return 0;
}

const char *tokens_problem(const struct tokens *tokens)
{
	return jwks_problem(tokens->jwks);
}

int tokens_ready(struct tokens *tokens)
{
	return jwks_ready(tokens->jwks, clock_now_us() / 1000000);
}

struct tokens *tokens_new(const struct config *config, struct budget *budget)
{
	struct tokens *tokens = calloc(1, sizeof(*tokens));

	if (!tokens)
		return NULL;
	tokens->config = config;
	tokens->jwks = jwks_new(config->cognito_jwks_url, budget);
	if (!tokens->jwks) {
		free(tokens);
		return NULL;
	}
	return tokens;
}

void tokens_free(struct tokens *tokens)
{
	if (!tokens)
		return;
	jwks_free(tokens->jwks);
	free(tokens);
}
