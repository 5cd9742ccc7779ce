/* endpoint_test.c - the addresses of services: variables come first, then the partition of the
 * region. */
#include "unit.h"

#include "run/endpoint.h"

static int clear(void **state)
{
	(void)state;
	unsetenv("AWS_ENDPOINT_URL");
	unsetenv("AWS_ENDPOINT_URL_STS");
	return 0;
}

static void the_suffix_follows_from_the_region(void **state)
{
	static const struct {
		const char *region, *suffix;
	} cases[] = {
		{"ca-central-1", "amazonaws.com"},
		{"us-east-1", "amazonaws.com"},
		{"eu-west-1", "amazonaws.com"},
		{"cn-north-1", "amazonaws.com.cn"},
		{"cn-northwest-1", "amazonaws.com.cn"},
		{"us-gov-west-1", "amazonaws.com"},
		{"us-iso-east-1", "c2s.ic.gov"},
		{"us-isob-east-1", "sc2s.sgov.gov"},
		{"eu-isoe-west-1", "cloud.adc-e.uk"},
		{"us-isof-south-1", "csp.hci.ic.gov"},
		{"eusc-de-east-1", "amazonaws.eu"},
		{"mars-north-1", "amazonaws.com"},
		{"cn", "amazonaws.com"},
		{"", "amazonaws.com"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(endpoint_suffix(cases[i].region), cases[i].suffix);
}

/* The URL of STS with the variables as they are. */
static const char *load(const char *region)
{
	static char url[64];
	struct note problem = {0};

	memcpy(url, "untouched", 10);
	endpoint_load("AWS_ENDPOINT_URL_STS", "sts", region, url, sizeof(url), &problem);
	assert_string_equal(problem.text, "");
	return url;
}

static void the_variable_of_the_service_wins(void **state)
{
	(void)state;
	assert_string_equal(load(NULL), "untouched");
	assert_string_equal(load("ca-central-1"), "https://sts.ca-central-1.amazonaws.com");
	assert_string_equal(load("us-isob-east-1"), "https://sts.us-isob-east-1.sc2s.sgov.gov");
	setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1//", 1);
	assert_string_equal(load("ca-central-1"), "http://127.0.0.1:1");
	setenv("AWS_ENDPOINT_URL_STS", "https://vpce-1.sts.example", 1);
	assert_string_equal(load(NULL), "https://vpce-1.sts.example");
}

static void a_problem_names_the_variable(void **state)
{
	static const struct {
		const char *name, *value, *problem;
	} cases[] = {
		{"AWS_ENDPOINT_URL", "sts.example",
		 "AWS_ENDPOINT_URL does not begin with https:// or http://"},
		{"AWS_ENDPOINT_URL_STS", "ftp://sts.example",
		 "AWS_ENDPOINT_URL_STS does not begin with https:// or http://"},
		{"AWS_ENDPOINT_URL_STS", "https://sts.example/with/a/long/path",
		 "AWS_ENDPOINT_URL_STS is too long"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct note problem = {0};
		char url[32];

		clear(state);
		setenv(cases[i].name, cases[i].value, 1);
		endpoint_load("AWS_ENDPOINT_URL_STS", "sts", "ca-central-1", url, sizeof(url),
			      &problem);
		assert_string_equal(problem.text, cases[i].problem);
		/* The first problem stays. */
		endpoint_load("AWS_ENDPOINT_URL_X", "x", "ca-central-1", url, 2, &problem);
		assert_string_equal(problem.text, cases[i].problem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_suffix_follows_from_the_region, clear),
		cmocka_unit_test_setup(the_variable_of_the_service_wins, clear),
		cmocka_unit_test_setup(a_problem_names_the_variable, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
