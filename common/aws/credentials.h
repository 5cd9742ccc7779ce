/*
 * credentials.h - the AWS credentials of this process, looked for in the usual places and renewed
 * before they expire.
 *
 * In this order, the first that is configured:
 *	environment	AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
 *	container	AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, else _FULL_URI (ECS, EKS)
 *	instance	the EC2 metadata service, version 2, unless AWS_EC2_METADATA_DISABLED
 * AWS: "Container credential provider" and "IMDS credential provider", SDKs and Tools reference.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include <stdint.h>

#include "aws/sigv4.h"

#define CREDENTIALS_URL_SIZE 1024

struct credentials;

/* Returns NULL when memory is exhausted. credentials_free(NULL) does nothing. */
struct credentials *credentials_new(void);
void credentials_free(struct credentials *credentials);

/*
 * The keys to sign with at `now_s` (seconds since 1970). Asks the endpoint when there are none yet
 * or they expire within five minutes; if that fails while they are still valid, they are kept and
 * it is tried again later.
 *
 * timeout_ms: for asking, all its requests together.
 * ret_keys:   borrowed until the next call.
 * Returns 0; ERR_UNAVAILABLE when there are none (credentials_problem says why); ERR_NO_MEMORY.
 */
int credentials_get(struct credentials *credentials, int64_t now_s, int64_t timeout_ms,
		    struct aws_keys *ret_keys);

/* AWS refused the keys as expired: forget them, so that the next credentials_get asks anew. */
void credentials_expire(struct credentials *credentials);

/* Why the last credentials_get failed, one line without secrets. */
const char *credentials_problem(const struct credentials *credentials);

/*
 * The address of the container endpoint. Only https, or http to this host or to the addresses
 * that ECS and EKS give: the answer holds secrets, and so may the request.
 *
 * relative, full: the values of the two variables, or NULL; `relative` wins.
 * Returns 0; ERR_INVALID when it is none that may be asked.
 */
int credentials_container_url(const char *relative, const char *full,
			      char ret_url[CREDENTIALS_URL_SIZE]);

#endif
