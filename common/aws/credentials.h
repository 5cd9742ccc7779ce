/*
 * credentials.h - the AWS credentials of this process, from the first source that is configured,
 * renewed before they expire.
 *
 *	environment  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
 *	web identity AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME: a token that
 *the Security Token Service exchanges (EKS: IAM roles for service accounts) container
 *AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, else …_FULL_URI (ECS, EKS Pod Identity) instance     EC2's
 *metadata service, version 2, unless AWS_EC2_METADATA_DISABLED is "true"
 *
 * Variables are read once, by credentials_new. Endpoints, and the files that
 * AWS_WEB_IDENTITY_TOKEN_FILE and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE name, are read at each
 * renewal.
 *
 * AWS: "Assume role with web identity", "Container credential provider" and "IMDS credential
 * provider", SDKs and Tools reference.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include <stdint.h>

#include "aws/sigv4.h"

#define CREDENTIALS_URL_SIZE 1024

struct credentials;

/*
 * Read the variables; they are borrowed from the environment. Keys are fetched on first use.
 *
 * sts_endpoint: the URL of the Security Token Service (config->sts_endpoint), borrowed; "" without
 *               a web identity. Only https is allowed, and http to this host.
 * Returns NULL when memory is exhausted. credentials_free(NULL) does nothing; secrets are cleansed.
 */
struct credentials *credentials_new(const char *sts_endpoint);
void credentials_free(struct credentials *credentials);

/*
 * Get the keys to sign with at `now_s` (seconds since 1970). They are fetched when there are none
 * yet or they expire within five minutes. When that fails, keys that are still valid are used, and
 * another attempt is made some seconds later.
 *
 * timeout_ms: for all requests to the endpoint together.
 * ret_keys:   borrowed until the next call.
 * Returns 0; ERR_UNAVAILABLE when there are no keys (credentials_problem says why); ERR_NO_MEMORY.
 */
int credentials_get(struct credentials *credentials, int64_t now_s, int64_t timeout_ms,
		    struct aws_keys *ret_keys) __attribute__((warn_unused_result));

/* Forget the keys, because AWS has refused them as expired: the next credentials_get fetches new.
 */
void credentials_expire(struct credentials *credentials);

/* Why the last credentials_get failed, as one line without secrets. */
const char *credentials_problem(const struct credentials *credentials);

/*
 * The URL of the container endpoint. Request and answer contain secrets: only https is allowed, and
 * http to this host and to the addresses of ECS and EKS.
 *
 * relative, full: the values of the two variables, or NULL; `relative` wins.
 * Returns 0; ERR_INVALID when the URL is not allowed or too long.
 */
int credentials_container_url(const char *relative, const char *full,
			      char ret_url[CREDENTIALS_URL_SIZE])
	__attribute__((warn_unused_result));

#endif
