/*
 * cognito.h - Amazon Cognito's GetUser: the attributes of the account behind an access token.
 *
 *	POST / HTTP/1.1                        {"AccessToken": "eyJ…"}
 *
 *	200  {"Username": "…", "UserAttributes": [{"Name": "sub", "Value": "…"}, …]}
 *	400  {"__type": "NotAuthorizedException", "message": "…"}              aws_error.h
 *
 * AWS: "GetUser", Amazon Cognito user pools API reference. The access token authorises the request;
 * it is not signed.
 */
#ifndef COGNITO_H
#define COGNITO_H

#include "base/buf.h"
#include "run/budget.h"
#include "run/config.h"

/*
 * Without the white space around it (text_trim), NUL-terminated; "" for an attribute that is
 * missing, too long, or has a control character.
 */
struct cognito_user {
	char subject[256];
	char preferred_username[128];
	char name[512];
	char email[320];
};

struct cognito;

/*
 * Make a client; it connects on first use. config and budget are borrowed for its life.
 * Returns NULL when memory is exhausted. cognito_free(NULL) does nothing.
 */
struct cognito *cognito_new(const struct config *config, struct budget *budget);
void cognito_free(struct cognito *cognito);

/*
 * Get the account of `jwt`. token_verify must have accepted it: some implementations of GetUser do
 * not check signatures.
 *
 * Returns 0; ERR_DENIED when the token is revoked or the account is gone or disabled; ERR_SCOPE
 * when the token lacks the scope aws.cognito.signin.user.admin; ERR_UNAVAILABLE when Cognito is
 * unreachable or throttles; ERR_OVERLOADED when no time is left; ERR_NO_MEMORY; ERR_INTERNAL for
 * any other refusal.
 */
int cognito_get_user(struct cognito *cognito, struct slice jwt, struct cognito_user *ret_user)
	__attribute__((warn_unused_result));

/* Why the last cognito_get_user failed, as one line without the account's data; "" if it did not.
 */
const char *cognito_problem(const struct cognito *cognito);

/* Cognito's request id of the last call, for AWS's support; "" when it sent none. */
const char *cognito_request_id(const struct cognito *cognito);

#endif
