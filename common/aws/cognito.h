/*
 * cognito.h - Amazon Cognito's GetUser: the attributes of the account behind an access token.
 *
 * AWS: "GetUser", Amazon Cognito user pools API reference. GetUser is authorised by the access
 * token itself and not signed.
 */
#ifndef COGNITO_H
#define COGNITO_H

#include "base/buf.h"
#include "run/budget.h"
#include "run/config.h"

/* Empty strings where the account has no such attribute, or one too long for its place. */
struct cognito_user {
	char subject[256];
	char preferred_username[128];
	char name[512];
	char email[320];
};

struct cognito;

/* config and budget are borrowed. Returns NULL when memory is exhausted; free(NULL) is fine. */
struct cognito *cognito_new(const struct config *config, struct budget *budget);
void cognito_free(struct cognito *cognito);

/*
 * Ask for the account of `jwt`, which has been verified (token_verify): some implementations of
 * GetUser do not check signatures.
 * Returns 0; ERR_DENIED when the token is revoked or the account gone
 * (NotAuthorizedException, UserNotFoundException); ERR_SCOPE when the token lacks the scope
 * aws.cognito.signin.user.admin; ERR_UNAVAILABLE when throttled or unreachable; ERR_OVERLOADED when
 * no time is left; ERR_INTERNAL.
 */
int cognito_get_user(struct cognito *cognito, struct slice jwt, struct cognito_user *ret_user);

/* Why the last cognito_get_user failed, one line for the log, without the account's data. */
const char *cognito_problem(const struct cognito *cognito);

/* What the service calls the last request, for its support; "" when it did not say. */
const char *cognito_id(const struct cognito *cognito);

#endif
