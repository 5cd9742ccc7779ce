/*
 * jwt.h - one signed token taken apart and checked, step by step; no network, no clock, no memory
 * of earlier tokens.
 *
 * A JSON Web Signature in compact form (RFC 7515 §7.1), signed with RS256 (RFC 7518 §3.3), whose
 * claims are those of a Cognito access token (RFC 7519; RFC 8725 for what to refuse).
 */
#ifndef JWT_H
#define JWT_H

#include <json-c/json.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "run/config.h"

#define JWT_MAX		   8192 /* bytes of a token; Cognito's are 1 to 2 KiB */
#define JWT_KEY_ID_SIZE	   256
#define TOKEN_SUBJECT_SIZE 256 /* a Cognito sub is a UUID; any non-empty string below this goes */
#define JWT_LEEWAY_S	   60  /* how far the issuer's clock may be ahead of ours */
#define JWT_TIME_MAX	   253402300799 /* 9999-12-31T23:59:59Z, the last second of exp, nbf, iat */

/* What a verified access token says. */
struct token {
	char subject[TOKEN_SUBJECT_SIZE]; /* sub, NUL-terminated, no control characters */
	int64_t expires_s;		  /* exp, seconds since 1970 */
};

struct jwt {
	struct slice signed_text; /* header.payload as sent; borrowed from the token */
	struct buf payload;	  /* decoded */
	struct buf signature;	  /* decoded */
	char key_id[JWT_KEY_ID_SIZE];
};

/*
 * Take `text` apart and check what its header promises: three parts of strict base64url, a JSON
 * object whose alg is exactly RS256, with a kid and without crit.
 * ret_jwt: for jwt_dispose or jwt_auto; valid as long as `text`.
 * Returns 0; ERR_DENIED; ERR_NO_MEMORY.
 */
int jwt_open(struct slice text, struct jwt *ret_jwt);

/*
 * Check the claims for `config` (issuer and client) at the time `now_s`, seconds since 1970. They
 * are not to be believed before jwt_verify.
 * Returns 0; ERR_DENIED; ERR_NO_MEMORY.
 */
int jwt_claims(const struct jwt *jwt, const struct config *config, int64_t now_s,
	       struct token *ret_token);

/*
 * Check the signature with the RSA key `key`.
 * Returns 0; ERR_DENIED; ERR_NO_MEMORY.
 */
int jwt_verify(const struct jwt *jwt, EVP_PKEY *key);

void jwt_dispose(struct jwt *jwt);
#define jwt_auto __attribute__((cleanup(jwt_dispose))) struct jwt

/* Whether the member `key` of a header, a set of claims or a key is the string `value`, exactly. */
bool jwt_member_is(const json_object *object, const char *key, const char *value);

/*
 * Copy a name that came from outside (a subject, a key id, an attribute) as a C string.
 * Returns 0; ERR_INVALID when it is empty, does not fit into `size` bytes with its NUL, or
 * contains a control character, NUL included.
 */
int jwt_copy_name(struct slice name, size_t size, char *ret_name);

#endif
