/*
 * rs256_vectors.c - tests the signature layer with Wycheproof's JSON Web Signature cases: the rules
 * for keys, the form and header of the token, the RS256 signature. Claims are not checked.
 *
 * usage: rs256_vectors FOLDER, which has wycheproof_rs256.jsonl
 *
 * Our policy is stricter than the suite in one point: a key without `use` is refused. The test
 * asserts that, and then adds `use`, so that the signatures of such keys are tested as well.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "identity/jwks.h"
#include "identity/jwt.h"
#include "json/jsonin.h"

static struct {
	int cases, failed;
	int policy; /* of these: valid in the suite, refused by our policy */
	int info;   /* of these: either result is right */
} counts;

/* Whether `token` is accepted with `jwk` as the only key of the pool. */
static bool accepted(json_object *jwk, struct slice token)
{
	buf_auto set = BUF_INIT(JWKS_BYTES_MAX);
	/* The circuit breaker stays open, so that no keys are fetched. */
	struct budget budget = {.deps[DEP_COGNITO].open_until_ms = INT64_MAX};
	struct jwks *jwks = jwks_new("", &budget);
	jwt_auto jwt = {0};
	EVP_PKEY *key;
	bool good;

	if (!jwks)
		return false;
	buf_printf(&set, "{\"keys\":[%s]}", json_object_to_json_string(jwk));
	good = jwks_load(jwks, buf_slice(&set)) == 0 && jwt_open(token, &jwt) == 0 &&
	       jwks_key(jwks, jwt.key_id, 0, &key) == 0 && jwt_verify(&jwt, key) == 0;
	jwks_free(jwks);
	return good;
}

/* Run one case. Returns the failure, or NULL. */
static const char *run_case(const json_object *test)
{
	struct slice token, expect, level;
	json_object *jwk;
	bool expected;

	if (!json_object_object_get_ex(test, "jwk", &jwk) ||
	    !json_object_is_type(jwk, json_type_object) ||
	    jsonin_string(test, "token", &token) < 0 ||
	    jsonin_string(test, "expect", &expect) < 0 || jsonin_string(test, "level", &level) < 0)
		return "not a case";
	expected = slice_is(expect, "accept");

	if (!json_object_object_get_ex(jwk, "use", NULL)) {
		if (accepted(jwk, token))
			return "accepted with a key without use";
		counts.policy += expected;
		/* key_ops has the same meaning; a key must not have both. */
		if (json_object_object_get_ex(jwk, "key_ops", NULL))
			return NULL;
		json_object_object_add(jwk, "use", json_object_new_string("sig"));
	}
	if (slice_is(level, "info")) {
		counts.info++;
		return NULL;
	}
	if (accepted(jwk, token) == expected)
		return NULL;
	return expected ? "refused" : "accepted";
}

static void run_line(const char *line, size_t len)
{
	json_auto *test = NULL;
	struct slice comment = SLICE("without comment");
	const char *problem = "not JSON";
	int64_t id = 0;

	counts.cases++;
	if (jsonin_object((struct slice){line, len}, &test) == 0) {
		if (jsonin_integer(test, "tcId", &id) < 0 ||
		    jsonin_string(test, "comment", &comment) < 0)
			printf("rs256: a case without tcId or comment\n");
		problem = run_case(test);
	}
	if (!problem)
		return;
	counts.failed++;
	printf("rs256: case %lld (%.*s): %s\n", (long long)id, (int)comment.len, comment.ptr,
	       problem);
}

int main(int argc, char **argv)
{
	char path[4096], *line = NULL;
	size_t size = 0;
	ssize_t len;
	FILE *file;

	if (argc != 2) {
		fprintf(stderr, "usage: rs256_vectors FOLDER\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/wycheproof_rs256.jsonl", argv[1]);
	file = fopen(path, "r");
	if (!file) {
		perror(path);
		return 1;
	}
	while ((len = getline(&line, &size, file)) > 0)
		run_line(line, (size_t)len);
	free(line);
	fclose(file);

	printf("rs256: %d cases, %d failed (%d refused by policy, with keys without use; %d with "
	       "either result)\n",
	       counts.cases, counts.failed, counts.policy, counts.info);
	return counts.cases == 0 || counts.failed > 0 ? 1 : 0;
}
