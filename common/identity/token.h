/*
 * token.h - who calls: verifies a Cognito access token against the pool's key set.
 *
 * The rules: RFC 7515, RFC 7519, RFC 8725, and Amazon Cognito's "Verifying JSON web tokens".
 * A verified token is remembered until it expires, so that a busy client costs one verification.
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
 * Verify `jwt`, the bare token, at the time `now_s` (seconds since 1970).
 * Returns 0; ERR_DENIED when any rule fails, also for a key id that the pool does not have;
 * ERR_UNAVAILABLE when no key set was ever had; ERR_NO_MEMORY.
 */
int token_verify(struct token_verifier *verifier, struct slice jwt, int64_t now_s,
		 struct token *ret_token);

/*
 * Whether a key set is at hand, fetching it if there never was one (for /api/ready).
 * Returns 0; ERR_UNAVAILABLE.
 */
int token_verifier_ready(struct token_verifier *verifier);

/* Why the key set could not be fetched last, one line for the log; "" when it could. */
const char *token_problem(const struct token_verifier *verifier);

#endif
