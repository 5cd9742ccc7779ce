/*
 * config.h - the configuration: environment variables, read and checked once at start.
 * .env.example documents each of them.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/note.h"
#include "run/dependency.h"
#include "run/loglevel.h"

/* The quotas of one person in 24 hours. X(constant, variable, name in answers and tables, default)
 */
#define CONFIG_QUOTAS(X)                                                                           \
	X(QUOTA_CRUDS, "CRUDDUR_QUOTA_CRUDS", "cruds", 300)		  /* and replies */        \
	X(QUOTA_MENTIONS, "CRUDDUR_QUOTA_MENTIONS", "mentions", 200)	  /* people told */        \
	X(QUOTA_NEW_PEOPLE, "CRUDDUR_QUOTA_NEW_PEOPLE", "new_people", 50) /* first messages */     \
	X(QUOTA_PROFILE, "CRUDDUR_QUOTA_PROFILE", "profile", 20)	  /* changes of it */      \
	X(QUOTA_FOLLOWS, "CRUDDUR_QUOTA_FOLLOWS", "follows", 400)                                  \
	X(QUOTA_REPORTS, "CRUDDUR_QUOTA_REPORTS", "reports", 30)

enum quota {
#define CONFIG_QUOTA_ENUM_(constant, variable, name, preset) constant,
	CONFIG_QUOTAS(CONFIG_QUOTA_ENUM_)
#undef CONFIG_QUOTA_ENUM_
		QUOTA_COUNT
};

extern const char *const config_quota_names[QUOTA_COUNT];

/* Pointers are borrowed from the environment of the process. */
struct config {
	const char *connection_url;    /* CONNECTION_URL */
	bool prepare;		       /* CRUDDUR_PREPARE; false: statements without a name */
	const char *region;	       /* AWS_REGION, AWS_DEFAULT_REGION */
	char dynamodb_endpoint[512];   /* AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, regional */
	char cognito_endpoint[512];    /* AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, … */
	char sts_endpoint[512];	       /* AWS_ENDPOINT_URL_STS, …; "" without a web identity */
	const char *messages_table;    /* DDB_MESSAGE_TABLE */
	const char *cognito_client_id; /* AWS_COGNITO_USER_POOL_CLIENT_ID */
	char cognito_issuer[512];      /* COGNITO_ISSUER, else from pool and region */
	char cognito_jwks_url[640];    /* COGNITO_JWKS_URL, else from the issuer */
	enum log_level log_level;      /* CRUDDUR_LOG_LEVEL */
	const char *metrics_dir;       /* CRUDDUR_METRICS_DIR; NULL: no metrics */
	int slow_ms;		       /* CRUDDUR_SLOW_MS: slower requests are logged */
	int rate_person;	       /* CRUDDUR_RATE_PERSON: requests a second; 0: no limit */
	int quotas[QUOTA_COUNT];       /* CRUDDUR_QUOTA_…; 0: no limit */
	char pools_file[512];	       /* CRUDDUR_HOME/etc/pools; "" without CRUDDUR_HOME */
	char refused_file[512];	       /* CRUDDUR_HOME/log/refused; the same */
	char run_dir[512];	       /* CRUDDUR_HOME/run, with the sockets; the same */
	bool live_bus;		       /* CRUDDUR_LIVE_BUS: there are other machines */
};

/*
 * Read the secrets of `needs` (NEEDS_… bits) that are given as files, NAME_FILE instead of NAME,
 * into the environment of this process. libpq and credentials.c find them there.
 *
 * problem: on failure, the name of the variable and what is wrong with it, without its value.
 * Returns 0; ERR_INVALID; ERR_NO_MEMORY.
 */
int config_read_secrets(unsigned needs, struct note *problem) __attribute__((warn_unused_result));

/*
 * Read and check the variables that `needs` (NEEDS_… bits) asks for.
 *
 * ret_config: written on success only.
 * problem:    on failure, the name of the variable and what is wrong with it, without its value.
 * Returns 0; ERR_INVALID. Secrets that are given as files are read first.
 */
int config_load(unsigned needs, struct config *ret_config, struct note *problem)
	__attribute__((warn_unused_result));

#endif
