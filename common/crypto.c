/* crypto.c - see crypto.h. */
#include "crypto.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "err.h"

int crypto_init(void)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	EVP_KEYMGMT *keys = EVP_KEYMGMT_fetch(NULL, "RSA", NULL);
	EVP_SIGNATURE *signatures = EVP_SIGNATURE_fetch(NULL, "RSA", NULL);
	EVP_MAC *macs = EVP_MAC_fetch(NULL, "HMAC", NULL);
	bool loaded = keys && signatures && macs &&
		      EVP_Digest("", 0, bytes, NULL, EVP_sha256(), NULL) == 1 &&
		      RAND_priv_bytes(bytes, 1) == 1;

	EVP_KEYMGMT_free(keys);
	EVP_SIGNATURE_free(signatures);
	EVP_MAC_free(macs);
	return loaded ? 0 : ERR_NO_MEMORY;
}

bool crypto_rsa_refused(void)
{
	unsigned long error = ERR_peek_error();

	return ERR_GET_LIB(error) == ERR_LIB_RSA && ERR_GET_REASON(error) != ERR_R_MALLOC_FAILURE;
}
