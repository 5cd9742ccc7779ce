/*
 * config.h - the configuration: environment variables, read and checked once at start.
 * .env.example documents each of them.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "run/dependency.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_LEVELS };

/* Their names in CRUDDUR_LOG_LEVEL and in the log; static strings. */
extern const char *const config_log_levels[LOG_LEVELS];

/* Pointers borrow from the environment of the process; the arrays are made by config_load. */
struct config {
	const char *connection_url;    /* CONNECTION_URL */
	const char *region;	       /* AWS_REGION, AWS_DEFAULT_REGION */
	char dynamodb_endpoint[512];   /* AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, regional */
	char cognito_endpoint[512];    /* AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, … */
	const char *messages_table;    /* DDB_MESSAGE_TABLE */
	const char *cognito_client_id; /* AWS_COGNITO_USER_POOL_CLIENT_ID */
	char cognito_issuer[512];      /* COGNITO_ISSUER, or from pool and region */
	char cognito_jwks_url[640];    /* COGNITO_JWKS_URL, or from the issuer */
	enum log_level log_level;      /* CRUDDUR_LOG_LEVEL */
	const char *metrics_dir;       /* CRUDDUR_METRICS_DIR; NULL: keep no metrics */
	char pools_file[512];	       /* of CRUDDUR_HOME; "" when that is not set */
};

/*
 * Read what `needs` (NEEDS_… bits) asks for from the environment.
 * ret_problem: on failure one line that names the variable and what is wrong with it, without its
 * value; at least 256 bytes.
 * Returns 0; ERR_INVALID.
 */
int config_load(unsigned needs, struct config *ret_config, char *ret_problem, size_t problem_size);

#endif
