/* jwks.c - any text as a key set: a malformed one leaves the known keys unchanged. */
#include "fuzz.h"

#include <openssl/evp.h>

#include "base/err.h"
#include "identity.h"
#include "identity/jwks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct budget budget = {0};
	char *copy = fuzz_copy((struct slice){(const char *)data, size});
	struct jwks *jwks = jwks_new("", &budget);
	EVP_PKEY *key;
	int r;

	ALWAYS(jwks);
	ALWAYS(jwks_key(jwks, IDENTITY_KEY_ID, 0, &key) == ERR_UNAVAILABLE);
	ALWAYS(jwks_load(jwks, SLICE(IDENTITY_SET)) == 0);
	r = jwks_load(jwks, (struct slice){copy, size});
	ALWAYS(r == 0 || r == ERR_INVALID);
	if (jwks_key(jwks, IDENTITY_KEY_ID, 0, &key) == 0)
		ALWAYS(EVP_PKEY_get_bits(key) >= 2048);
	else
		ALWAYS(r == 0);
	jwks_free(jwks);
	free(copy);
	return 0;
}
