/* config_test.c - the environment is checked, and each problem names its variable. */
#include "folder.h"
#include "unit.h"

#include "base/err.h"
#include "run/config.h"

static const char *const variables[] = {
	"CONNECTION_URL",
	"AWS_REGION",
	"AWS_DEFAULT_REGION",
	"AWS_ENDPOINT_URL",
	"AWS_ENDPOINT_URL_DYNAMODB",
	"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
	"AWS_ENDPOINT_URL_STS",
	"AWS_WEB_IDENTITY_TOKEN_FILE",
	"AWS_ROLE_ARN",
	"DDB_MESSAGE_TABLE",
	"AWS_COGNITO_USER_POOL_ID",
	"AWS_COGNITO_USER_POOL_CLIENT_ID",
	"COGNITO_ISSUER",
	"COGNITO_JWKS_URL",
	"CRUDDUR_LOG_LEVEL",
	"CRUDDUR_SLOW_MS",
	"CRUDDUR_PREPARE",
	"CONNECTION_URL_FILE",
	"PGPASSWORD",
	"PGPASSWORD_FILE",
	"AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY",
	"AWS_SECRET_ACCESS_KEY_FILE",
};

#define NEEDS_ALL (NEEDS_DB | NEEDS_DYNAMODB | NEEDS_COGNITO)

/* A complete production environment; the tests change single variables. */
static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(variables); i++)
		unsetenv(variables[i]);
	setenv("CONNECTION_URL", "postgresql://db.example/cruddur", 1);
	setenv("AWS_REGION", "ca-central-1", 1);
	setenv("AWS_COGNITO_USER_POOL_ID", "ca-central-1_abc", 1);
	setenv("AWS_COGNITO_USER_POOL_CLIENT_ID", "client", 1);
	return 0;
}

static void production_urls_follow_from_pool_and_region(void **state)
{
	struct config config;
	struct note problem;

	(void)state;
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), 0);
	assert_string_equal(config.connection_url, "postgresql://db.example/cruddur");
	assert_string_equal(config.dynamodb_endpoint,
			    "https://dynamodb.ca-central-1.amazonaws.com");
	assert_string_equal(config.cognito_endpoint,
			    "https://cognito-idp.ca-central-1.amazonaws.com");
	assert_string_equal(config.cognito_issuer,
			    "https://cognito-idp.ca-central-1.amazonaws.com/ca-central-1_abc");
	assert_string_equal(config.cognito_jwks_url,
			    "https://cognito-idp.ca-central-1.amazonaws.com/ca-central-1_abc"
			    "/.well-known/jwks.json");
	assert_string_equal(config.messages_table, "cruddur-messages");
	assert_int_equal(config.log_level, LOG_WARN);
	assert_int_equal(config.slow_ms, 1000);
}

static void other_partitions_have_their_own_suffix(void **state)
{
	struct config config;
	struct note problem;

	(void)state;
	setenv("AWS_REGION", "cn-north-1", 1);
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/token", 1);
	setenv("AWS_ROLE_ARN", "arn:aws-cn:iam::123456789012:role/cruddur", 1);
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), 0);
	assert_string_equal(config.dynamodb_endpoint,
			    "https://dynamodb.cn-north-1.amazonaws.com.cn");
	assert_string_equal(config.cognito_endpoint,
			    "https://cognito-idp.cn-north-1.amazonaws.com.cn");
	assert_string_equal(config.cognito_issuer,
			    "https://cognito-idp.cn-north-1.amazonaws.com.cn/ca-central-1_abc");
	assert_string_equal(config.sts_endpoint, "https://sts.cn-north-1.amazonaws.com.cn");
}

/* The token of a web identity is a secret; without one the address of STS does not matter. */
static void sts_must_be_protected_when_it_is_used(void **state)
{
	struct config config;
	struct note problem;

	(void)state;
	setenv("AWS_ENDPOINT_URL_STS", "http://sts.example", 1);
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), 0);
	assert_string_equal(config.sts_endpoint, "");
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/token", 1);
	setenv("AWS_ROLE_ARN", "arn", 1);
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), ERR_INVALID);
	assert_string_equal(problem.text, "AWS_ENDPOINT_URL_STS must be https, or on this host");
	setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1", 1);
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), 0);
	assert_string_equal(config.sts_endpoint, "http://127.0.0.1:1");
	unsetenv("AWS_ENDPOINT_URL_STS");
	setenv("AWS_ENDPOINT_URL", "http://sts.example", 1);
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), ERR_INVALID);
	assert_string_equal(problem.text, "AWS_ENDPOINT_URL must be https, or on this host");
}

static void endpoints_of_services_override_the_general_one(void **state)
{
	struct config config;
	struct note problem;

	(void)state;
	setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1/", 1);
	setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:2", 1);
	setenv("COGNITO_ISSUER", "http://127.0.0.1:3/pool", 1);
	unsetenv("AWS_COGNITO_USER_POOL_ID");
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), 0);
	assert_string_equal(config.dynamodb_endpoint, "http://127.0.0.1:2");
	assert_string_equal(config.cognito_endpoint, "http://127.0.0.1:1");
	assert_string_equal(config.cognito_jwks_url,
			    "http://127.0.0.1:3/pool/.well-known/jwks.json");
	setenv("COGNITO_JWKS_URL", "http://127.0.0.1:4/keys", 1);
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), 0);
	assert_string_equal(config.cognito_jwks_url, "http://127.0.0.1:4/keys");
}

static void aws_region_overrides_aws_default_region(void **state)
{
	struct config config;
	struct note problem;

	(void)state;
	setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), 0);
	assert_string_equal(config.region, "ca-central-1");
	unsetenv("AWS_REGION");
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), 0);
	assert_string_equal(config.region, "eu-west-1");
}

static void statements_are_prepared_unless_that_is_disabled(void **state)
{
	static const struct {
		const char *value;
		bool prepare;
	} cases[] = {{NULL, true}, {"", true}, {"1", true}, {"0", false}};
	struct config config;
	struct note problem;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (cases[i].value)
			setenv("CRUDDUR_PREPARE", cases[i].value, 1);
		assert_int_equal(config_load(NEEDS_DB, &config, &problem), 0);
		assert_int_equal(config.prepare, cases[i].prepare);
	}
}

static void secrets_of_other_programs_are_not_read(void **state)
{
	struct config config;
	struct note problem;

	(void)state;
	setenv("AWS_SECRET_ACCESS_KEY_FILE", "/nonexistent", 1);
	assert_int_equal(config_load(NEEDS_DB | NEEDS_COGNITO, &config, &problem), 0);
	unsetenv("CONNECTION_URL");
	setenv("CONNECTION_URL_FILE", "/nonexistent", 1);
	assert_int_equal(config_load(NEEDS_COGNITO, &config, &problem), 0);
}

/* libpq reads PGPASSWORD when the URL has no password. */
static void a_password_may_be_a_file_beside_a_url_without_one(void **state)
{
	static const char *const names[] = {"password", NULL};
	struct config config;
	struct note problem;
	char file[80];
	FILE *stream;

	assert_int_equal(folder_make(state), 0);
	snprintf(file, sizeof(file), "%s/password", folder);
	stream = fopen(file, "w");
	assert_non_null(stream);
	fputs("of RDS\n", stream);
	fclose(stream);
	setenv("PGPASSWORD_FILE", file, 1);

	assert_int_equal(config_load(NEEDS_COGNITO, &config, &problem), 0);
	assert_null(getenv("PGPASSWORD"));
	assert_int_equal(config_load(NEEDS_DB, &config, &problem), 0);
	assert_string_equal(config.connection_url, "postgresql://db.example/cruddur");
	assert_string_equal(getenv("PGPASSWORD"), "of RDS");
	assert_null(getenv("PGPASSWORD_FILE"));

	setenv("PGPASSWORD_FILE", file, 1);
	assert_int_equal(config_load(NEEDS_DB, &config, &problem), ERR_INVALID);
	assert_string_equal(problem.text, "PGPASSWORD and PGPASSWORD_FILE are both set");
	assert_int_equal(folder_remove(names), 0);
}

static void variables_that_a_program_does_not_need_may_be_missing(void **state)
{
	struct config config;
	struct note problem;

	(void)state;
	for (size_t i = 0; i < COUNT(variables); i++)
		unsetenv(variables[i]);
	assert_int_equal(config_load(0, &config, &problem), 0);
	setenv("CONNECTION_URL", "postgres://db", 1);
	assert_int_equal(config_load(NEEDS_DB, &config, &problem), 0);
}

static void each_problem_names_its_variable_without_the_value(void **state)
{
	static const struct {
		const char *name, *value, *variable;
	} cases[] = {
		{"CONNECTION_URL", NULL, "CONNECTION_URL"},
		{"CONNECTION_URL", "", "CONNECTION_URL"},
		{"CONNECTION_URL", "mysql://secret", "CONNECTION_URL"},
		{"AWS_REGION", NULL, "AWS_REGION"},
		{"AWS_REGION", "secret.example/", "AWS_REGION"},
		{"AWS_ENDPOINT_URL_DYNAMODB", "ftp://secret", "AWS_ENDPOINT_URL_DYNAMODB"},
		{"AWS_ENDPOINT_URL", "secret", "AWS_ENDPOINT_URL"},
		{"AWS_COGNITO_USER_POOL_ID", NULL, "AWS_COGNITO_USER_POOL_ID"},
		{"AWS_COGNITO_USER_POOL_CLIENT_ID", NULL, "AWS_COGNITO_USER_POOL_CLIENT_ID"},
		{"COGNITO_JWKS_URL", "file:///secret", "COGNITO_JWKS_URL"},
		{"COGNITO_JWKS_URL", "http://secret.example/keys", "COGNITO_JWKS_URL"},
		{"COGNITO_ISSUER", "http://secret.example", "COGNITO_ISSUER"},
		{"CRUDDUR_LOG_LEVEL", "secret", "CRUDDUR_LOG_LEVEL"},
		{"CRUDDUR_PREPARE", "secret", "CRUDDUR_PREPARE"},
		{"CONNECTION_URL_FILE", "/secret", "CONNECTION_URL_FILE"},
		{"AWS_ACCESS_KEY_ID", "secret", "AWS_SECRET_ACCESS_KEY"},
		{"AWS_SECRET_ACCESS_KEY", "secret", "AWS_ACCESS_KEY_ID"},
		{"AWS_SECRET_ACCESS_KEY_FILE", "/secret", "AWS_SECRET_ACCESS_KEY_FILE"},
		{"AWS_ROLE_ARN", "secret", "AWS_WEB_IDENTITY_TOKEN_FILE"},
		{"AWS_WEB_IDENTITY_TOKEN_FILE", "secret", "AWS_ROLE_ARN"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct config config;
		struct note problem;

		setup(state);
		if (cases[i].value)
			setenv(cases[i].name, cases[i].value, 1);
		else
			unsetenv(cases[i].name);
		assert_int_equal(config_load(NEEDS_ALL, &config, &problem), ERR_INVALID);
		assert_non_null(strstr(problem.text, cases[i].variable));
		assert_null(strstr(problem.text, "secret"));
	}
}

static void a_value_that_is_too_long_is_refused(void **state)
{
	struct config config;
	struct note problem;
	char url[2000];

	(void)state;
	memset(url, 'a', sizeof(url) - 1);
	url[sizeof(url) - 1] = '\0';
	memcpy(url, "https://", 8);
	setenv("AWS_ENDPOINT_URL_DYNAMODB", url, 1);
	assert_int_equal(config_load(NEEDS_ALL, &config, &problem), ERR_INVALID);
	assert_non_null(strstr(problem.text, "AWS_ENDPOINT_URL_DYNAMODB"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(production_urls_follow_from_pool_and_region, setup),
		cmocka_unit_test_setup(other_partitions_have_their_own_suffix, setup),
		cmocka_unit_test_setup(sts_must_be_protected_when_it_is_used, setup),
		cmocka_unit_test_setup(endpoints_of_services_override_the_general_one, setup),
		cmocka_unit_test_setup(aws_region_overrides_aws_default_region, setup),
		cmocka_unit_test_setup(statements_are_prepared_unless_that_is_disabled, setup),
		cmocka_unit_test_setup(secrets_of_other_programs_are_not_read, setup),
		cmocka_unit_test_setup(a_password_may_be_a_file_beside_a_url_without_one, setup),
		cmocka_unit_test_setup(variables_that_a_program_does_not_need_may_be_missing,
				       setup),
		cmocka_unit_test_setup(each_problem_names_its_variable_without_the_value, setup),
		cmocka_unit_test_setup(a_value_that_is_too_long_is_refused, setup),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
