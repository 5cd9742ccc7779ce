/* config.c - see config.h. */
#include "run/config.h"

#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/url.h"
#include "run/endpoint.h"

const char *const config_quota_names[QUOTA_COUNT] = {
#define QUOTA_NAME_(constant, variable, name, preset) [constant] = (name),
	CONFIG_QUOTAS(QUOTA_NAME_)
#undef QUOTA_NAME_
};

#define RATE_PERSON_DEFAULT 50
#define SLOW_MS_DEFAULT	    1000
#define NUMBER_MAX	    60000 /* of a rate, a quota or milliseconds */

/*
 * The functions below read variables into `config`. The first problem is kept in `problem`, whose
 * text is "" before it.
 */

static const char *require(struct note *problem, const char *name)
{
	const char *value = env_get(name);

	if (!value)
		note_first(problem, "%s is not set", name);
	return value;
}

static void load_region(struct config *config, struct note *problem)
{
	config->region = env_get("AWS_REGION");
	if (!config->region)
		config->region = env_get("AWS_DEFAULT_REGION");
	if (!config->region) {
		note_first(problem, "AWS_REGION is not set (nor AWS_DEFAULT_REGION)");
		return;
	}
	if (strspn(config->region, "abcdefghijklmnopqrstuvwxyz0123456789-") !=
	    strlen(config->region))
		note_first(problem, "AWS_REGION is not a region's name, such as ca-central-1");
}

static void load_cognito(struct config *config, struct note *problem)
{
	const char *pool = env_get("AWS_COGNITO_USER_POOL_ID");
	const char *issuer = env_get("COGNITO_ISSUER");
	const char *jwks = env_get("COGNITO_JWKS_URL");

	config->cognito_client_id = require(problem, "AWS_COGNITO_USER_POOL_CLIENT_ID");
	endpoint_load("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "cognito-idp", config->region,
		      config->cognito_endpoint, sizeof(config->cognito_endpoint), problem);

	if (issuer)
		endpoint_format("COGNITO_ISSUER", config->cognito_issuer,
				sizeof(config->cognito_issuer), problem, "%s", issuer);
	else if (!pool)
		note_first(problem, "AWS_COGNITO_USER_POOL_ID is not set (nor COGNITO_ISSUER)");
	else if (config->region)
		endpoint_format("AWS_COGNITO_USER_POOL_ID", config->cognito_issuer,
				sizeof(config->cognito_issuer), problem,
				"https://cognito-idp.%s.%s/%s", config->region,
				endpoint_suffix(config->region), pool);

	if (jwks)
		endpoint_format("COGNITO_JWKS_URL", config->cognito_jwks_url,
				sizeof(config->cognito_jwks_url), problem, "%s", jwks);
	else if (!problem->text[0])
		endpoint_format("COGNITO_ISSUER", config->cognito_jwks_url,
				sizeof(config->cognito_jwks_url), problem,
				"%s/.well-known/jwks.json", config->cognito_issuer);
	if (!problem->text[0] && !url_is_protected(config->cognito_jwks_url, NULL))
		note_first(problem, "%s must be https, or on this host",
			   jwks ? "COGNITO_JWKS_URL" : "COGNITO_ISSUER");
}

static void load_db(struct config *config, struct note *problem)
{
	const char *prepare = env_get("CRUDDUR_PREPARE");

	config->prepare = !prepare || strcmp(prepare, "0") != 0;
	if (prepare && strcmp(prepare, "0") != 0 && strcmp(prepare, "1") != 0)
		note_first(problem, "CRUDDUR_PREPARE is not 0 or 1");
	config->connection_url = require(problem, "CONNECTION_URL");
	if (config->connection_url && strncmp(config->connection_url, "postgres://", 11) != 0 &&
	    strncmp(config->connection_url, "postgresql://", 13) != 0)
		note_first(problem, "CONNECTION_URL does not begin with postgresql://");
}

/* One key alone is a mistake: with another source of credentials nobody would notice it. */
static void check_keys(struct note *problem)
{
	const char *id = env_get("AWS_ACCESS_KEY_ID");
	const char *secret = env_get("AWS_SECRET_ACCESS_KEY");

	if (!id && secret)
		note_first(problem, "AWS_ACCESS_KEY_ID is not set, but AWS_SECRET_ACCESS_KEY is");
	if (id && !secret)
		note_first(problem, "AWS_SECRET_ACCESS_KEY is not set, but AWS_ACCESS_KEY_ID is");
}

/*
 * The role of a web identity, likewise only with its token; and the address that gets the token,
 * which is a secret.
 */
static void load_web_identity(struct config *config, struct note *problem)
{
	const char *file = env_get("AWS_WEB_IDENTITY_TOKEN_FILE");
	const char *role = env_get("AWS_ROLE_ARN");

	if (!file && role)
		note_first(problem, "AWS_WEB_IDENTITY_TOKEN_FILE is not set, but AWS_ROLE_ARN is");
	if (file && !role)
		note_first(problem, "AWS_ROLE_ARN is not set, but AWS_WEB_IDENTITY_TOKEN_FILE is");
	if (!file)
		return;
	endpoint_load("AWS_ENDPOINT_URL_STS", "sts", config->region, config->sts_endpoint,
		      sizeof(config->sts_endpoint), problem);
	if (!problem->text[0] && !url_is_protected(config->sts_endpoint, NULL))
		note_first(problem, "%s must be https, or on this host",
			   env_get("AWS_ENDPOINT_URL_STS") ? "AWS_ENDPOINT_URL_STS"
							   : "AWS_ENDPOINT_URL");
}

static void load_dynamodb(struct config *config, struct note *problem)
{
	check_keys(problem);
	config->messages_table = env_get("DDB_MESSAGE_TABLE");
	if (!config->messages_table)
		config->messages_table = "cruddur-messages";
	endpoint_load("AWS_ENDPOINT_URL_DYNAMODB", "dynamodb", config->region,
		      config->dynamodb_endpoint, sizeof(config->dynamodb_endpoint), problem);
}

static void load_log_level(struct config *config, struct note *problem)
{
	const char *value = env_get("CRUDDUR_LOG_LEVEL");

	config->log_level = LOG_WARN;
	if (!value)
		return;
	for (size_t i = 0; i < LOG_LEVELS; i++) {
		if (strcmp(value, log_level_names[i]) == 0) {
			config->log_level = (enum log_level)i;
			return;
		}
	}
	note_first(problem, "CRUDDUR_LOG_LEVEL is not one of error, warn, info, debug");
}

/* A whole number up to NUMBER_MAX; `preset` when the variable is not set. */
static int number(struct note *problem, const char *name, int preset)
{
	const char *value = env_get(name);
	uint64_t number = (uint64_t)preset;

	if (value && !slice_number(slice_of(value), 10, NUMBER_MAX, &number))
		note_first(problem, "%s is not a whole number from 0 to %d", name, NUMBER_MAX);
	return (int)number;
}

/* Only programs that know people have limits per person. */
static void load_limits(struct config *config, struct note *problem)
{
	static const struct {
		const char *variable;
		int preset;
	} quotas[] = {
#define QUOTA_VARIABLE_(constant, variable, name, preset) [constant] = {variable, preset},
		CONFIG_QUOTAS(QUOTA_VARIABLE_)
#undef QUOTA_VARIABLE_
	};

	config->rate_person = number(problem, "CRUDDUR_RATE_PERSON", RATE_PERSON_DEFAULT);
	for (enum quota i = 0; i < QUOTA_COUNT; i++)
		config->quotas[i] = number(problem, quotas[i].variable, quotas[i].preset);
}

/* The file `name` below CRUDDUR_HOME. */
static void home_file(char *to, size_t size, const char *home, const char *name,
		      struct note *problem)
{
	int n = snprintf(to, size, "%s/%s", home, name);

	if (n < 0 || (size_t)n >= size)
		note_first(problem, "CRUDDUR_HOME is too long");
}

/* bin/render and bin/pool keep the sizes of the pools in etc/pools, nginx refused requests in
 * log/refused, and the sockets are in run. */
static void load_metrics(struct config *config, struct note *problem)
{
	const char *home = env_get("CRUDDUR_HOME");

	config->metrics_dir = env_get("CRUDDUR_METRICS_DIR");
	if (!home)
		return;
	home_file(config->pools_file, sizeof(config->pools_file), home, "etc/pools", problem);
	home_file(config->refused_file, sizeof(config->refused_file), home, "log/refused", problem);
	home_file(config->run_dir, sizeof(config->run_dir), home, "run", problem);
	config->live_bus = env_get("CRUDDUR_LIVE_BUS") != NULL;
}

int config_read_secrets(unsigned needs, struct note *problem)
{
	/* bin/constants has the same names; a check compares them. */
	static const struct {
		unsigned needs;
		const char *name;
	} secrets[] = {
		{NEEDS_DB, "CONNECTION_URL"},
		{NEEDS_DB, "PGPASSWORD"},
		{NEEDS_DB, "CRUDDUR_LIVE_BUS"},
		{NEEDS_DYNAMODB, "AWS_ACCESS_KEY_ID"},
		{NEEDS_DYNAMODB, "AWS_SECRET_ACCESS_KEY"},
		{NEEDS_DYNAMODB, "AWS_SESSION_TOKEN"},
	};

	note_clear(problem);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		int r = needs & secrets[i].needs ? env_read_file(secrets[i].name, problem) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

int config_load(unsigned needs, struct config *ret_config, struct note *problem)
{
	struct config config = {0};

	if (config_read_secrets(needs, problem) < 0)
		return ERR_INVALID;
	if (needs & (NEEDS_DYNAMODB | NEEDS_COGNITO))
		load_region(&config, problem);
	if (needs & (NEEDS_DYNAMODB | NEEDS_COGNITO))
		load_web_identity(&config, problem);
	if (needs & NEEDS_DB)
		load_db(&config, problem);
	if (needs & NEEDS_DYNAMODB)
		load_dynamodb(&config, problem);
	if (needs & NEEDS_COGNITO)
		load_cognito(&config, problem);
	if (needs & NEEDS_COGNITO)
		load_limits(&config, problem);
	load_log_level(&config, problem);
	config.slow_ms = number(problem, "CRUDDUR_SLOW_MS", SLOW_MS_DEFAULT);
	load_metrics(&config, problem);

	if (problem->text[0])
		return ERR_INVALID;
	*ret_config = config;
	return 0;
}
