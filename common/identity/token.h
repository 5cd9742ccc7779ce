/*
 * token.h - verifies Cognito access tokens against the key set of the user pool.
 *
 * The rules: RFC 7515, RFC 7519, RFC 8725; Amazon Cognito: "Verifying JSON web tokens". A verified
 * token is remembered until it expires: a busy client costs one verification.
 */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdint.h>

#include "base/buf.h"
#include "identity/jwt.h"
#include "run/budget.h"
#include "run/config.h"

struct token_verifier;

/*
 * Make a verifier; the key set is fetched on first use. config and budget are borrowed for its
 * life. Returns NULL when memory is exhausted. token_verifier_free(NULL) does nothing.
 */
struct token_verifier *token_verifier_new(const struct config *config, struct budget *budget);
void token_verifier_free(struct token_verifier *verifier);

/*
 * Verify the token `jwt`, without "Bearer", at the time `now_s` (seconds since 1970).
 *
 * Returns 0; ERR_DENIED when the token breaks any rule or the pool has no key of its key id;
 * ERR_UNAVAILABLE when no key set was ever fetched; ERR_NO_MEMORY.
 */
int token_verify(struct token_verifier *verifier, struct slice jwt, int64_t now_s,
		 struct token *ret_token) __attribute__((warn_unused_result));

/*
 * For /api/ready: fetch a key set if none was ever fetched. Returns 0 when there is one;
 * ERR_UNAVAILABLE.
 */
int token_verifier_ready(struct token_verifier *verifier) __attribute__((warn_unused_result));

/* Why the last fetch of the key set failed, as one line; "" when it did not. */
const char *token_problem(const struct token_verifier *verifier);

#endif
