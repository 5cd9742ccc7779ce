/* jwt.c - any text as a token: only the signed one is accepted. */
#include "fuzz.h"

#include "identity.h"
#include "identity/jwks.h"
#include "identity/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config config = IDENTITY_CONFIG;
	static struct jwks *jwks;
	static struct budget budget;
	char *copy = fuzz_copy((struct slice){(const char *)data, size});
	struct slice text = {copy, size};
	jwt_auto jwt = {0};
	struct token token;
	EVP_PKEY *key;

	if (!jwks) {
		jwks = jwks_new("", &budget);
		ALWAYS(jwks && jwks_load(jwks, SLICE(IDENTITY_SET)) == 0);
	}
	if (jwt_open(text, &jwt) == 0) {
		bool claims = jwt_claims(&jwt, &config, IDENTITY_NOW_S, &token) == 0;
		bool known = jwks_key(jwks, jwt.key_id, 0, &key) == 0;

		ALWAYS(!claims || (token.subject[0] && token.expires_s > IDENTITY_NOW_S));
		if (known && jwt_verify(&jwt, key) == 0)
			ALWAYS(claims && slice_is(text, IDENTITY_TOKEN));
		else
			ALWAYS(!slice_is(text, IDENTITY_TOKEN));
	}
	free(copy);
	return 0;
}
