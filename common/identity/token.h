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

struct tokens;

/*
 * Make a verifier; the key set is fetched on first use. config and budget are borrowed for its
 * life. Returns NULL when memory is exhausted. tokens_free(NULL) does nothing.
 */
struct tokens *tokens_new(const struct config *config, struct budget *budget);
void tokens_free(struct tokens *tokens);

/*
 * Verify `jwt`, the bare token, at the time `now_s` (seconds since 1970).
 * Returns 0; ERR_TOKEN_INVALID when any rule fails, also for a key id that the pool does not have;
 * ERR_UNAVAILABLE when no key set was ever had; ERR_NO_MEMORY.
 */
int tokens_verify(struct tokens *tokens, struct slice jwt, int64_t now_s, struct token *ret_token);

/*
 * Whether a key set is at hand, fetching it if there never was one (for /api/ready).
 * Returns 0; ERR_UNAVAILABLE.
 */
int tokens_ready(struct tokens *tokens);

/* Why the key set could not be fetched last, one line for the log; "" when it could. */
const char *tokens_problem(const struct tokens *tokens);

#endif
