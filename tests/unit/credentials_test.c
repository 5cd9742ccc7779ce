/* credentials_test.c - the sources of credentials, their renewal, and refused answers. */
#include "server.h"

#include "aws/credentials.h"
#include "base/err.h"

#define NOW 1795000000 /* 2026-11-18T11:06:40Z */

#define KEYS(n, expiration)                                                                        \
	"{\"Code\":\"Success\",\"AccessKeyId\":\"AKID" n "\",\"SecretAccessKey\":\"secret\\/" n    \
	"\",\"Token\":\"token" n "\",\"Expiration\":\"" expiration "\",\"RoleArn\":null}"
#define STS_KEYS(n, expiration)                                                                    \
	"<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"        \
	"<AccessKeyId>AKID" n "</AccessKeyId><SecretAccessKey>secret/" n "</SecretAccessKey>"      \
	"<SessionToken>token" n "</SessionToken><Expiration>" expiration "</Expiration>"           \
	"</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
#define STS_ERROR(code)                                                                            \
	"<ErrorResponse><Error><Code>" code "</Code><Message>no</Message></Error></ErrorResponse>"
#define ROLE	   "arn:aws:iam::123456789012:role/cruddur"
#define IN_AN_HOUR "2026-11-18T12:06:40Z"
#define IN_A_DAY   "2026-11-19T11:06:40Z"

static int clear_environment(void **state)
{
	static const char *const names[] = {
		"AWS_ACCESS_KEY_ID",
		"AWS_SECRET_ACCESS_KEY",
		"AWS_SESSION_TOKEN",
		"AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_ROLE_ARN",
		"AWS_ROLE_SESSION_NAME",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN",
		"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
		"AWS_EC2_METADATA_DISABLED",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		unsetenv(names[i]);
	return 0;
}

static int get(struct credentials *credentials, int64_t now_s, struct aws_keys *keys)
{
	return credentials_get(credentials, now_s, 2000, keys);
}

/* New credentials, which read the environment as it is now, with one more variable. */
static struct credentials *new_with(const char *name, const char *value)
{
	setenv(name, value, 1);
	return credentials_new("");
}

/* The result of new credentials, which read the environment as it is now. */
static int get_new(struct credentials **credentials, struct aws_keys *keys)
{
	credentials_free(*credentials);
	*credentials = credentials_new("");
	return get(*credentials, NOW, keys);
}

static void assert_key_id(struct credentials *credentials, int64_t now_s, const char *want)
{
	struct aws_keys keys;

	assert_int_equal(get(credentials, now_s, &keys), 0);
	assert_true(slice_is(keys.access_key_id, want));
}

static void the_environment_comes_first(void **state)
{
	struct credentials *credentials = NULL;
	struct aws_keys keys;
	char unused_url[64];

	(void)state;
	server_unused_url(unused_url);
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", unused_url, 1);
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	assert_int_equal(get_new(&credentials, &keys), ERR_UNAVAILABLE);
	assert_string_equal(credentials_problem(credentials), "AWS_SECRET_ACCESS_KEY is not set");
	setenv("AWS_SECRET_ACCESS_KEY", "s3cret", 1);
	assert_int_equal(get_new(&credentials, &keys), 0);
	assert_true(slice_is(keys.access_key_id, "AKID"));
	assert_true(slice_is(keys.secret_access_key, "s3cret"));
	assert_int_equal(keys.session_token.len, 0);
	setenv("AWS_SESSION_TOKEN", "t0ken", 1);
	assert_int_equal(get_new(&credentials, &keys), 0);
	assert_true(slice_is(keys.session_token, "t0ken"));
	/* It would inject a header. */
	setenv("AWS_SESSION_TOKEN", "t0ken\r\nX-Other: 1", 1);
	assert_int_equal(get_new(&credentials, &keys), ERR_UNAVAILABLE);
	unsetenv("AWS_ACCESS_KEY_ID");
	assert_int_equal(get_new(&credentials, &keys), ERR_UNAVAILABLE);
	assert_string_equal(credentials_problem(credentials), "AWS_ACCESS_KEY_ID is not set");
	credentials_free(credentials);
	credentials_free(NULL);
}

static void the_environment_is_read_once(void **state)
{
	struct credentials *credentials;

	(void)state;
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s3cret", 1);
	credentials = credentials_new("");
	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_SECRET_ACCESS_KEY");
	assert_key_id(credentials, NOW, "AKID");
	credentials_expire(credentials);
	assert_key_id(credentials, NOW, "AKID");
	credentials_free(credentials);
}

static void container_keys_are_kept_until_shortly_before_they_expire(void **state)
{
	struct server *server =
		server_start(SCRIPT({.body = KEYS("1", IN_AN_HOUR)}, {.status = 500},
				    {.status = 500}, {.body = KEYS("2", IN_A_DAY)}));
	struct credentials *credentials;
	struct aws_keys keys;
	char url[128], value[64];

	(void)state;
	snprintf(url, sizeof(url), "%s/v2/credentials?id=1", server->url);
	credentials = new_with("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
	assert_int_equal(get(credentials, NOW, &keys), 0);
	assert_true(slice_is(keys.access_key_id, "AKID1"));
	assert_true(slice_is(keys.secret_access_key, "secret/1"));
	assert_true(slice_is(keys.session_token, "token1"));
	assert_ptr_equal(strstr(server->requests[0], "GET /v2/credentials?id=1 "),
			 server->requests[0]);
	assert_null(server_header(server, 0, "Authorization", value, sizeof(value)));
	assert_key_id(credentials, NOW + 3299, "AKID1");
	assert_int_equal(server->count, 1);

	/* Five minutes before they expire: after a failed fetch the old keys stay for a while. */
	assert_key_id(credentials, NOW + 3300, "AKID1");
	assert_int_equal(server->count, 2);
	assert_key_id(credentials, NOW + 3309, "AKID1");
	assert_int_equal(server->count, 2);
	assert_key_id(credentials, NOW + 3310, "AKID1");
	assert_int_equal(server->count, 3);
	assert_key_id(credentials, NOW + 3320, "AKID2");
	assert_key_id(credentials, NOW + 9999, "AKID2");
	assert_int_equal(server->count, 4);

	/* AWS reports them as expired: they are fetched again immediately. */
	credentials_expire(credentials);
	assert_key_id(credentials, NOW + 9999, "AKID2");
	assert_int_equal(server->count, 5);
	credentials_free(credentials);
	server_stop(server);
}

static void expired_keys_are_not_used(void **state)
{
	struct server *server = server_start(
		SCRIPT({.body = KEYS("1", IN_AN_HOUR)}, {.status = 500},
		       {.body = KEYS("1", IN_AN_HOUR)}, {.body = KEYS("2", IN_A_DAY)}));
	struct credentials *credentials;
	struct aws_keys keys;

	(void)state;
	credentials = new_with("AWS_CONTAINER_CREDENTIALS_FULL_URI", server->url);
	assert_key_id(credentials, NOW, "AKID1");
	assert_int_equal(get(credentials, NOW + 3600, &keys), ERR_UNAVAILABLE);
	assert_int_equal(get(credentials, NOW + 3600, &keys), ERR_UNAVAILABLE);
	assert_int_equal(server->count, 2);
	assert_int_equal(get(credentials, NOW + 3601, &keys), ERR_UNAVAILABLE);
	assert_string_equal(credentials_problem(credentials), "The AWS credentials have expired");
	assert_key_id(credentials, NOW + 3602, "AKID2");
	credentials_free(credentials);
	server_stop(server);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void the_container_token_is_read_each_time(void **state)
{
	struct server *server = server_start(SCRIPT({.body = KEYS("1", IN_A_DAY)}));
	struct credentials *credentials;
	struct aws_keys keys;
	char path[] = "/tmp/cruddur-token-XXXXXX", value[64];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", server->url, 1);
	credentials = new_with("AWS_CONTAINER_AUTHORIZATION_TOKEN", "from the variable");
	assert_key_id(credentials, NOW, "AKID1");
	assert_string_equal(server_header(server, 0, "Authorization", value, sizeof(value)),
			    "from the variable");

	credentials_free(credentials);
	credentials = new_with("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path);
	write_file(path, "first");
	assert_key_id(credentials, NOW, "AKID1");
	assert_string_equal(server_header(server, 1, "Authorization", value, sizeof(value)),
			    "first");
	write_file(path, "second");
	credentials_expire(credentials);
	assert_key_id(credentials, NOW, "AKID1");
	assert_string_equal(server_header(server, 2, "Authorization", value, sizeof(value)),
			    "second");

	write_file(path, "third\r\nX-Other: 1");
	credentials_expire(credentials);
	assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
	unlink(path);
	credentials_expire(credentials);
	assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
	unsetenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
	credentials_free(credentials);
	credentials = new_with("AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\nb");
	assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
	assert_int_equal(server->count, 3);
	credentials_free(credentials);
	server_stop(server);
}

/* Credentials with a web identity: its token is in a new file, whose path is written to `path`. */
static struct credentials *new_with_web_identity(const char *sts_endpoint, const char *token,
						 char path[32])
{
	int fd;

	strcpy(path, "/tmp/cruddur-token-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	write_file(path, token);
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", path, 1);
	setenv("AWS_ROLE_ARN", ROLE, 1);
	return credentials_new(sts_endpoint);
}

static void a_web_identity_is_exchanged_at_each_renewal(void **state)
{
	struct server *server =
		server_start(SCRIPT({.body = STS_KEYS("1", IN_AN_HOUR)},
				    {.status = 400, .body = STS_ERROR("IDPCommunicationError")},
				    {.body = STS_KEYS("2", IN_A_DAY)}));
	struct credentials *credentials;
	struct aws_keys keys;
	char path[32], value[64];

	(void)state;
	/* It comes before the container's endpoint. */
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/", 1);
	credentials = new_with_web_identity(server->url, "first.token\n", path);
	assert_int_equal(get(credentials, NOW, &keys), 0);
	assert_true(slice_is(keys.access_key_id, "AKID1"));
	assert_true(slice_is(keys.secret_access_key, "secret/1"));
	assert_true(slice_is(keys.session_token, "token1"));
	/* Nothing of it is in the address, which logs have. */
	assert_ptr_equal(strstr(server->requests[0], "POST / HTTP/1.1\r\n"), server->requests[0]);
	assert_string_equal(server_header(server, 0, "Content-Type", value, sizeof(value)),
			    "application/x-www-form-urlencoded");
	assert_null(server_header(server, 0, "Authorization", value, sizeof(value)));
	assert_string_equal(server_body(server, 0),
			    "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn="
			    "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcruddur"
			    "&RoleSessionName=cruddur&WebIdentityToken=first.token");

	/* Five minutes before they expire, with the token that the file has then. */
	write_file(path, "second.token");
	assert_key_id(credentials, NOW + 3299, "AKID1");
	assert_int_equal(server->count, 1);
	assert_key_id(credentials, NOW + 3300, "AKID1");
	assert_key_id(credentials, NOW + 3309, "AKID1");
	assert_int_equal(server->count, 2);
	assert_non_null(strstr(server_body(server, 1), "&WebIdentityToken=second.token"));
	assert_string_equal(credentials_problem(credentials),
			    "STS answered 400 IDPCommunicationError");
	assert_key_id(credentials, NOW + 3310, "AKID2");
	assert_key_id(credentials, NOW + 9999, "AKID2");
	assert_int_equal(server->count, 3);

	/* AWS reports them as expired: they are fetched again immediately. */
	credentials_expire(credentials);
	assert_key_id(credentials, NOW + 9999, "AKID2");
	assert_int_equal(server->count, 4);
	unlink(path);
	credentials_free(credentials);
	server_stop(server);
}

static void the_session_of_a_web_identity_may_be_named(void **state)
{
	struct server *server = server_start(SCRIPT({.body = STS_KEYS("1", IN_AN_HOUR)}));
	struct credentials *credentials;
	char path[32];

	(void)state;
	setenv("AWS_ROLE_SESSION_NAME", "pod-1@a", 1);
	credentials = new_with_web_identity(server->url, "token", path);
	assert_key_id(credentials, NOW, "AKID1");
	assert_non_null(strstr(server_body(server, 0), "&RoleSessionName=pod-1%40a&"));
	credentials_free(credentials);

	/* Keys in the environment come first. */
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s3cret", 1);
	credentials = credentials_new(server->url);
	assert_key_id(credentials, NOW, "AKID");
	assert_int_equal(server->count, 1);
	unlink(path);
	credentials_free(credentials);
	server_stop(server);
}

/* The reason is told without the token. No other source is tried: that could be another role. */
static void an_unusable_web_identity_is_told(void **state)
{
	static const struct {
		const char *variable, *value; /* changed, NULL: unset */
		const char *token;
		struct server_step step;
		unsigned requests;
		const char *problem;
	} cases[] = {
		{"AWS_ROLE_ARN", NULL, "t0ken", {0}, 0, "AWS_ROLE_ARN is not set"},
		{"AWS_WEB_IDENTITY_TOKEN_FILE",
		 NULL,
		 "t0ken",
		 {0},
		 0,
		 "AWS_WEB_IDENTITY_TOKEN_FILE is not set"},
		{"AWS_WEB_IDENTITY_TOKEN_FILE",
		 "/nonexistent",
		 "t0ken",
		 {0},
		 0,
		 "The file of AWS_WEB_IDENTITY_TOKEN_FILE cannot be read"},
		{"X",
		 "",
		 "",
		 {0},
		 0,
		 "The file of AWS_WEB_IDENTITY_TOKEN_FILE is not a token in one line"},
		{"X",
		 "",
		 "t0ken\nt0ken",
		 {0},
		 0,
		 "The file of AWS_WEB_IDENTITY_TOKEN_FILE is not a token in one line"},
		{"X",
		 "",
		 "t0ken",
		 {.status = 403, .body = STS_ERROR("AccessDenied")},
		 1,
		 "STS answered 403 AccessDenied"},
		{"X", "", "t0ken", {.status = 503, .body = "t0ken"}, 1, "STS answered 503"},
		{"X",
		 "",
		 "t0ken",
		 {.body = "{}"},
		 1,
		 "The answer of STS is not XML, or not as described"},
		{"X",
		 "",
		 "t0ken",
		 {.body = STS_ERROR("AccessDenied")},
		 1,
		 "The AWS credentials are not well-formed"},
		{"X",
		 "",
		 "t0ken",
		 {.body = STS_KEYS("1", "soon")},
		 1,
		 "The credentials' expiration is not a time"},
		{"X",
		 "",
		 "t0ken",
		 {.end = SERVER_RESET_BEFORE},
		 1,
		 "The credentials endpoint: The connection was closed before the answer was "
		 "complete"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct server *server = server_start(&cases[i].step, 1);
		struct credentials *credentials;
		struct aws_keys keys;
		char path[32];

		clear_environment(state);
		credentials_free(new_with_web_identity(server->url, cases[i].token, path));
		if (cases[i].value)
			setenv(cases[i].variable, cases[i].value, 1);
		else
			unsetenv(cases[i].variable);
		credentials = credentials_new(server->url);
		assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
		assert_string_equal(credentials_problem(credentials), cases[i].problem);
		/* Another attempt is made in the next second. */
		assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
		assert_int_equal(server->count, cases[i].requests);
		unlink(path);
		credentials_free(credentials);
		server_stop(server);
	}
	unsetenv("X");
}

static void a_web_identity_goes_only_to_protected_addresses(void **state)
{
	static const char *const endpoints[] = {"", "http://sts.example", "http://169.254.170.2",
						"ftp://127.0.0.1"};

	(void)state;
	for (size_t i = 0; i < COUNT(endpoints); i++) {
		struct credentials *credentials;
		struct aws_keys keys;
		char path[32];

		credentials = new_with_web_identity(endpoints[i], "token", path);
		assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
		assert_string_equal(credentials_problem(credentials),
				    "The address of STS is not an allowed address");
		unlink(path);
		credentials_free(credentials);
	}
}

static void tokens_have_a_largest_size(void **state)
{
	struct server *server = server_start(SCRIPT({.body = STS_KEYS("1", IN_AN_HOUR)}));
	static char token[20002];
	struct credentials *credentials;
	struct aws_keys keys;
	char path[32];

	(void)state;
	memset(token, '+', 20000);
	credentials = new_with_web_identity(server->url, token, path);
	assert_key_id(credentials, NOW, "AKID1");
	assert_true(strlen(server_body(server, 0)) > 60000);
	memset(token, '+', 20001);
	write_file(path, token);
	credentials_expire(credentials);
	assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
	assert_int_equal(server->count, 1);
	unlink(path);
	credentials_free(credentials);
	server_stop(server);
}

static void a_large_answer_of_sts_is_refused(void **state)
{
	struct server *server = server_start(SCRIPT({0}));
	static char body[20000];
	struct credentials *credentials;
	struct aws_keys keys;
	char path[32];

	(void)state;
	memset(body, ' ', sizeof(body));
	memcpy(body + sizeof(body) - sizeof(STS_KEYS("1", IN_AN_HOUR)), STS_KEYS("1", IN_AN_HOUR),
	       sizeof(STS_KEYS("1", IN_AN_HOUR)));
	server_set(server, SERVER_KEEP, 200, body, strlen(body));
	credentials = new_with_web_identity(server->url, "token", path);
	assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
	assert_non_null(strstr(credentials_problem(credentials), "larger than"));
	unlink(path);
	credentials_free(credentials);
	server_stop(server);
}

static void only_allowed_container_urls_are_used(void **state)
{
	static const struct {
		const char *relative, *full, *url;
	} cases[] = {
		{"/v2/x?y", NULL, "http://169.254.170.2/v2/x?y"},
		{"/v2", "https://example.com/", "http://169.254.170.2/v2"},
		{"@example.com/", NULL, NULL},
		{".example.com/", NULL, NULL},
		{NULL, "https://example.com/creds", "https://example.com/creds"},
		{NULL, "http://localhost:8080/x", "http://localhost:8080/x"},
		{NULL, "http://127.0.0.1/x", "http://127.0.0.1/x"},
		{NULL, "http://127.9.8.7/x", "http://127.9.8.7/x"},
		{NULL, "http://[::1]/x", "http://[::1]/x"},
		{NULL, "http://169.254.170.2/x", "http://169.254.170.2/x"},
		{NULL, "http://169.254.170.23/v1/c", "http://169.254.170.23/v1/c"},
		{NULL, "http://[fd00:ec2::23]/v1/c", "http://[fd00:ec2::23]/v1/c"},
		{NULL, "http://example.com/x", NULL},
		{NULL, "http://169.254.170.3/x", NULL},
		{NULL, "http://128.0.0.1/x", NULL},
		{NULL, "http://[fd00:ec2::24]/x", NULL},
		{NULL, "http://127.0.0.1@example.com/x", NULL},
		{NULL, "http://127.0.0.1.example.com/x", NULL},
		{NULL, "http://localhost.example.com/x", NULL},
		{NULL, "ftp://127.0.0.1/x", NULL},
		{NULL, "file:///etc/passwd", NULL},
		{NULL, "127.0.0.1/x", NULL},
		{NULL, "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char url[CREDENTIALS_URL_SIZE] = "untouched";
		int r = credentials_container_url(cases[i].relative, cases[i].full, url);

		assert_int_equal(r, cases[i].url ? 0 : ERR_INVALID);
		assert_string_equal(url, cases[i].url ? cases[i].url : "untouched");
	}
}

static void an_answer_that_is_not_credentials_is_refused(void **state)
{
	static const char *const bodies[] = {
		"",
		"not json",
		"{}",
		"[]",
		"{\"AccessKeyId\":\"A\"}",
		"{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"\"}",
		"{\"AccessKeyId\":1,\"SecretAccessKey\":\"s\"}",
		"{\"AccessKeyId\":\"A\\r\\nX: 1\",\"SecretAccessKey\":\"s\"}",
		"{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Token\":\"\\n\"}",
		"{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Expiration\":\"tomorrow\"}",
		("{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"AccessKeyId\":\"A\","
		 "\"SecretAccessKey\":\"s\"}"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct server *server = server_start(SCRIPT({.body = bodies[i]}));
		struct credentials *credentials;
		struct aws_keys keys;

		credentials = new_with("AWS_CONTAINER_CREDENTIALS_FULL_URI", server->url);
		assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
		assert_true(strlen(credentials_problem(credentials)) > 0);
		assert_int_equal(server->count, 1);
		credentials_free(credentials);
		server_stop(server);
	}
}

static void keys_without_expiration_are_kept(void **state)
{
	struct server *server =
		server_start(SCRIPT({.body = "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\"}"}));
	struct credentials *credentials;

	(void)state;
	credentials = new_with("AWS_CONTAINER_CREDENTIALS_FULL_URI", server->url);
	assert_key_id(credentials, NOW, "A");
	assert_key_id(credentials, NOW * INT64_C(100), "A");
	assert_int_equal(server->count, 1);
	credentials_free(credentials);
	server_stop(server);
}

static void instance_keys_take_three_requests(void **state)
{
	struct server *server = server_start(SCRIPT({.body = "session=="}, {.body = "my-role_1\n"},
						    {.body = KEYS("1", IN_AN_HOUR)}));
	struct credentials *credentials;
	struct aws_keys keys;
	char endpoint[128], value[64];

	(void)state;
	snprintf(endpoint, sizeof(endpoint), "%s/", server->url);
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint, 1);
	credentials = new_with("AWS_EC2_METADATA_DISABLED", "true");
	assert_int_equal(get(credentials, NOW - 10, &keys), ERR_UNAVAILABLE);
	assert_int_equal(server->count, 0);

	credentials_free(credentials);
	credentials = new_with("AWS_EC2_METADATA_DISABLED", "false");
	assert_key_id(credentials, NOW, "AKID1");
	assert_ptr_equal(strstr(server->requests[0], "PUT /latest/api/token HTTP"),
			 server->requests[0]);
	assert_string_equal(server_header(server, 0, "X-aws-ec2-metadata-token-ttl-seconds", value,
					  sizeof(value)),
			    "21600");
	assert_ptr_equal(strstr(server->requests[1],
				"GET /latest/meta-data/iam/security-credentials/ HTTP"),
			 server->requests[1]);
	assert_ptr_equal(strstr(server->requests[2],
				"GET /latest/meta-data/iam/security-credentials/my-role_1 HTTP"),
			 server->requests[2]);
	for (unsigned n = 1; n <= 2; n++)
		assert_string_equal(server_header(server, n, "X-aws-ec2-metadata-token", value,
						  sizeof(value)),
				    "session==");
	assert_int_equal(server->count, 3);
	credentials_free(credentials);
	server_stop(server);
}

static void an_instance_without_a_role_has_no_keys(void **state)
{
	static const struct {
		struct server_step steps[2];
		unsigned requests;
	} cases[] = {
		{{{.status = 403}}, 1},
		{{{.body = ""}}, 1},
		{{{.body = "a\r\nb"}}, 1},
		{{{.body = "session"}, {.status = 404}}, 2},
		{{{.body = "session"}, {.body = ""}}, 2},
		{{{.body = "session"}, {.body = "../../other"}}, 2},
		{{{.end = SERVER_RESET_BEFORE}}, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct server *server = server_start(cases[i].steps, COUNT(cases[i].steps));
		struct credentials *credentials;
		struct aws_keys keys;

		credentials = new_with("AWS_EC2_METADATA_SERVICE_ENDPOINT", server->url);
		assert_int_equal(get(credentials, NOW, &keys), ERR_UNAVAILABLE);
		assert_int_equal(server->count, cases[i].requests);
		/* A refusal is not told as an empty answer. */
		assert_true(!cases[i].steps[0].status ||
			    !strstr(credentials_problem(credentials), "gave no token"));
		credentials_free(credentials);
		server_stop(server);
	}
}

/* The timeout covers all requests together. */
static void a_silent_endpoint_respects_the_timeout(void **state)
{
	struct server *server = server_start(SCRIPT({.body = "session"}, {.end = SERVER_SILENT}));
	struct credentials *credentials;
	struct aws_keys keys;

	(void)state;
	credentials = new_with("AWS_EC2_METADATA_SERVICE_ENDPOINT", server->url);
	assert_int_equal(credentials_get(credentials, NOW, 1000, &keys), ERR_UNAVAILABLE);
	assert_int_equal(server->count, 2);
	assert_int_equal(credentials_get(credentials, NOW + 5, 0, &keys), ERR_UNAVAILABLE);
	assert_int_equal(server->count, 2);
	credentials_free(credentials);
	server_stop(server);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, clear_environment)
	const struct CMUnitTest tests[] = {
		TEST(the_environment_comes_first),
		TEST(the_environment_is_read_once),
		TEST(container_keys_are_kept_until_shortly_before_they_expire),
		TEST(expired_keys_are_not_used),
		TEST(the_container_token_is_read_each_time),
		TEST(a_web_identity_is_exchanged_at_each_renewal),
		TEST(the_session_of_a_web_identity_may_be_named),
		TEST(an_unusable_web_identity_is_told),
		TEST(a_web_identity_goes_only_to_protected_addresses),
		TEST(tokens_have_a_largest_size),
		TEST(a_large_answer_of_sts_is_refused),
		TEST(only_allowed_container_urls_are_used),
		TEST(an_answer_that_is_not_credentials_is_refused),
		TEST(keys_without_expiration_are_kept),
		TEST(instance_keys_take_three_requests),
		TEST(an_instance_without_a_role_has_no_keys),
		TEST(a_silent_endpoint_respects_the_timeout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
