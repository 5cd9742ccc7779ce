/* config.c - see config.h. */
#include "run/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "net/url.h"

const char *const config_log_levels[LOG_LEVELS] = {"error", "warn", "info", "debug"};

struct loader {
	char *problem;
	size_t problem_size;
	bool failed;
};

/* The first problem is the one that is reported. */
static void problem(struct loader *loader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void problem(struct loader *loader, const char *format, ...)
{
	va_list args;

	if (loader->failed)
		return;
	loader->failed = true;
	va_start(args, format);
	vsnprintf(loader->problem, loader->problem_size, format, args);
	va_end(args);
}

/* An empty variable counts as one that is not set: that is how compose files leave one out. */
static const char *value_of(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static const char *require(struct loader *loader, const char *name)
{
	const char *value = value_of(name);

	if (!value)
		problem(loader, "%s is not set", name);
	return value;
}

static bool is_url(const char *value)
{
	return strncmp(value, "https://", 8) == 0 || strncmp(value, "http://", 7) == 0;
}

static void format_url(struct loader *loader, const char *name, char *ret, size_t size,
		       const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Format a URL into its place; `name` is the variable to blame. */
static void format_url(struct loader *loader, const char *name, char *ret, size_t size,
		       const char *format, ...)
{
	va_list args;
	size_t len;
	int n;

	va_start(args, format);
	n = vsnprintf(ret, size, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= size) {
		problem(loader, "%s is too long", name);
		return;
	}
	if (!is_url(ret))
		problem(loader, "%s does not begin with https:// or http://", name);
	len = strlen(ret);
	while (len > 0 && ret[len - 1] == '/')
		ret[--len] = '\0';
}

/* The endpoint of an AWS service: its own variable, the general one, else the regional address. */
static void load_endpoint(struct loader *loader, const struct config *config, const char *name,
			  const char *service, char *ret, size_t size)
{
	const char *value = value_of(name);

	if (!value) {
		name = "AWS_ENDPOINT_URL";
		value = value_of(name);
	}
	if (value)
		format_url(loader, name, ret, size, "%s", value);
	else if (config->region)
		format_url(loader, "AWS_REGION", ret, size, "https://%s.%s.amazonaws.com", service,
			   config->region);
}

static void load_region(struct loader *loader, struct config *config)
{
	config->region = value_of("AWS_REGION");
	if (!config->region)
		config->region = value_of("AWS_DEFAULT_REGION");
	if (!config->region) {
		problem(loader, "AWS_REGION is not set (nor AWS_DEFAULT_REGION)");
		return;
	}
	if (strspn(config->region, "abcdefghijklmnopqrstuvwxyz0123456789-") !=
	    strlen(config->region))
		problem(loader, "AWS_REGION is not a region's name, such as ca-central-1");
}

static void load_cognito(struct loader *loader, struct config *config)
{
	const char *pool = value_of("AWS_COGNITO_USER_POOL_ID");
	const char *issuer = value_of("COGNITO_ISSUER");
	const char *jwks = value_of("COGNITO_JWKS_URL");

	config->cognito_client_id = require(loader, "AWS_COGNITO_USER_POOL_CLIENT_ID");
	load_endpoint(loader, config, "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "cognito-idp",
		      config->cognito_endpoint, sizeof(config->cognito_endpoint));

	if (issuer)
		format_url(loader, "COGNITO_ISSUER", config->cognito_issuer,
			   sizeof(config->cognito_issuer), "%s", issuer);
	else if (!pool)
		problem(loader, "AWS_COGNITO_USER_POOL_ID is not set (nor COGNITO_ISSUER)");
	else if (config->region)
		format_url(loader, "AWS_COGNITO_USER_POOL_ID", config->cognito_issuer,
			   sizeof(config->cognito_issuer),
			   "https://cognito-idp.%s.amazonaws.com/%s", config->region, pool);

	if (jwks)
		format_url(loader, "COGNITO_JWKS_URL", config->cognito_jwks_url,
			   sizeof(config->cognito_jwks_url), "%s", jwks);
	else if (!loader->failed)
		format_url(loader, "COGNITO_ISSUER", config->cognito_jwks_url,
			   sizeof(config->cognito_jwks_url), "%s/.well-known/jwks.json",
			   config->cognito_issuer);
	if (!loader->failed && !url_is_protected(config->cognito_jwks_url, NULL))
		problem(loader, "%s must be https, or on this very host",
			jwks ? "COGNITO_JWKS_URL" : "COGNITO_ISSUER");
}

static void load_db(struct loader *loader, struct config *config)
{
	config->connection_url = require(loader, "CONNECTION_URL");
	if (config->connection_url && strncmp(config->connection_url, "postgres://", 11) != 0 &&
	    strncmp(config->connection_url, "postgresql://", 13) != 0)
		problem(loader, "CONNECTION_URL does not begin with postgresql://");
}

static void load_dynamodb(struct loader *loader, struct config *config)
{
	config->messages_table = value_of("DDB_MESSAGE_TABLE");
	if (!config->messages_table)
		config->messages_table = "cruddur-messages";
	load_endpoint(loader, config, "AWS_ENDPOINT_URL_DYNAMODB", "dynamodb",
		      config->dynamodb_endpoint, sizeof(config->dynamodb_endpoint));
}

static void load_log_level(struct loader *loader, struct config *config)
{
	const char *value = value_of("CRUDDUR_LOG_LEVEL");

	config->log_level = LOG_WARN;
	if (!value)
		return;
	for (size_t i = 0; i < LOG_LEVELS; i++) {
		if (strcmp(value, config_log_levels[i]) == 0) {
			config->log_level = (enum log_level)i;
			return;
		}
	}
	problem(loader, "CRUDDUR_LOG_LEVEL is not one of error, warn, info, debug");
}

/* The sizes of the pools are where bin/render and bin/pool keep them. */
static void load_metrics(struct loader *loader, struct config *config)
{
	const char *home = value_of("CRUDDUR_HOME");
	int n;

	config->metrics_dir = value_of("CRUDDUR_METRICS_DIR");
	if (!home)
		return;
	n = snprintf(config->pools_file, sizeof(config->pools_file), "%s/etc/pools", home);
	if (n < 0 || (size_t)n >= sizeof(config->pools_file))
		problem(loader, "CRUDDUR_HOME is too long");
}

int config_load(unsigned needs, struct config *ret_config, char *ret_problem, size_t problem_size)
{
	struct config config = {0};
	struct loader loader = {ret_problem, problem_size, false};

	if (needs & (NEEDS_DYNAMODB | NEEDS_COGNITO))
		load_region(&loader, &config);
	if (needs & NEEDS_DB)
		load_db(&loader, &config);
	if (needs & NEEDS_DYNAMODB)
		load_dynamodb(&loader, &config);
	if (needs & NEEDS_COGNITO)
		load_cognito(&loader, &config);
	load_log_level(&loader, &config);
	load_metrics(&loader, &config);

	if (loader.failed)
		return ERR_INVALID;
	*ret_config = config;
	return 0;
}
