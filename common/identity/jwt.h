/*
 * jwt.h - reads and checks one access token, step by step, without network, clock or state.
 *
 *	eyJhbGci… . eyJzdWIi… . SflKxwRJ…
 *	└ header ┘  └ payload ┘ └ signature ┘     each in base64url
 *	└──── signed_text ────┘
 *
 *	header   {"alg": "RS256", "kid": "…"}                              jwt_open
 *	payload  {"iss": "…", "client_id": "…", "token_use": "access",     jwt_claims
 *	          "sub": "…", "exp": 1800003600, "iat": 1800000000,
 *	          "auth_time": 1800000000}
 *
 * A JSON Web Signature in compact form (RFC 7515 §7.1), signed with RS256 (RFC 7518 §3.3). The
 * claims are those of a Cognito access token (RFC 7519); RFC 8725 lists what to refuse.
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
#define TOKEN_SUBJECT_SIZE 256		/* with the NUL; Cognito's subjects are UUIDs */
#define JWT_LEEWAY_S	   60		/* how far the issuer's clock may be ahead */
#define JWT_TIME_MAX	   253402300799 /* 9999-12-31T23:59:59Z; of exp, nbf, iat, auth_time */
#define JWT_MODERATORS	   "moderators" /* the group of the user pool whose members moderate */

/* A verified access token. */
struct token {
	char subject[TOKEN_SUBJECT_SIZE]; /* sub, NUL-terminated, no control characters */
	int64_t expires_s;		  /* exp, seconds since 1970 */
	bool moderator; /* cognito:groups has JWT_MODERATORS; a claim that cannot be read has not */
	int64_t signed_in_s; /* auth_time, likewise; 0: it is missing */
};

struct jwt {
	struct slice signed_text; /* borrowed from the text */
	struct buf payload;	  /* decoded */
	struct buf signature;	  /* decoded */
	char key_id[JWT_KEY_ID_SIZE];
};

/*
 * Split and decode `text`, and check its header: three parts of strict base64url; a JSON object
 * with an alg of exactly RS256, with a kid, without crit.
 *
 * ret_jwt: for jwt_dispose or jwt_auto; valid as long as `text`.
 * Returns 0; ERR_DENIED; ERR_NO_MEMORY.
 */
int jwt_open(struct slice text, struct jwt *ret_jwt) __attribute__((warn_unused_result));

/*
 * Check the claims against the issuer and client of `config` at the time `now_s` (seconds since
 * 1970). Do not trust the claims before jwt_verify has succeeded.
 * Returns 0; ERR_DENIED; ERR_NO_MEMORY.
 */
int jwt_claims(const struct jwt *jwt, const struct config *config, int64_t now_s,
	       struct token *ret_token) __attribute__((warn_unused_result));

/* Check the signature with the RSA key `key`. Returns 0; ERR_DENIED; ERR_NO_MEMORY. */
int jwt_verify(const struct jwt *jwt, EVP_PKEY *key) __attribute__((warn_unused_result));

void jwt_dispose(struct jwt *jwt);
#define jwt_auto __attribute__((cleanup(jwt_dispose))) struct jwt

/* Whether the member `key` of a header, of claims or of a key is exactly the string `value`. */
bool jwt_member_is(const json_object *object, const char *key, const char *value);

#endif
