/* hosts_test.c - the servers of a connection URL are those that libpq would try. */
#include "unit.h"

#include "db/hosts.h"

static void assert_text(const char *is, const char *want)
{
	if (want)
		assert_string_equal(is, want);
	else
		assert_null(is);
}

static void each_server_has_its_own_host_address_and_port(void **state)
{
	static const struct {
		const char *url;
		size_t count;
		struct host hosts[3];
	} cases[] = {
		{"postgresql://u:p@one:1,two:2/db", 2, {{"one", NULL, "1"}, {"two", NULL, "2"}}},
		{"postgresql://one,two/db", 2, {{"one", NULL, "5432"}, {"two", NULL, "5432"}}},
		{"postgresql://one:1,two/db", 2, {{"one", NULL, "1"}, {"two", NULL, "5432"}}},
		{"postgresql://u@one,two,[::1]:3/db?port=7",
		 3,
		 {{"one", NULL, "7"}, {"two", NULL, "7"}, {"::1", NULL, "7"}}},
		{"postgresql:///db?host=one,two&sslmode=require",
		 2,
		 {{"one", NULL, NULL}, {"two", NULL, NULL}}},
		{"postgresql://one,two/db?hostaddr=10.0.0.1,10.0.0.2&port=1,2",
		 2,
		 {{"one", "10.0.0.1", "1"}, {"two", "10.0.0.2", "2"}}},
		{"postgresql:///db?hostaddr=10.0.0.1,10.0.0.2",
		 2,
		 {{NULL, "10.0.0.1", NULL}, {NULL, "10.0.0.2", NULL}}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hosts *hosts = hosts_new(cases[i].url);

		assert_non_null(hosts);
		assert_int_equal(hosts_count(hosts), cases[i].count);
		for (size_t j = 0; j < cases[i].count; j++) {
			struct host host = hosts_get(hosts, j);

			assert_text(host.name, cases[i].hosts[j].name);
			assert_text(host.address, cases[i].hosts[j].address);
			assert_text(host.port, cases[i].hosts[j].port);
		}
		hosts_free(hosts);
	}
}

static void unclear_lists_are_left_to_libpq(void **state)
{
	static const char *const urls[] = {
		"postgresql://u:p@one:1/db",
		"postgresql:///db",
		"postgresql://one,,two/db",
		"postgresql://one,two/db?port=1,2,3",
		"postgresql://one,two/db?hostaddr=10.0.0.1,10.0.0.2,10.0.0.3",
		"postgresql://one,two/db?hostaddr=10.0.0.1",
		"postgresql://one,two/db?no_such_parameter=1",
		"mysql://one,two/db",
		"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		struct hosts *hosts = hosts_new(urls[i]);
		struct host host;

		assert_non_null(hosts);
		assert_int_equal(hosts_count(hosts), 1);
		host = hosts_get(hosts, 0);
		assert_null(host.name);
		assert_null(host.address);
		assert_null(host.port);
		hosts_free(hosts);
	}
	hosts_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_server_has_its_own_host_address_and_port),
		cmocka_unit_test(unclear_lists_are_left_to_libpq),
	};

	return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}
