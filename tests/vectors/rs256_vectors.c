/*
 * rs256_vectors.c - Wycheproof's JSON Web Signature cases against our signature layer: the key
 * set's rules, the token's form and header, the RS256 signature (claims are not looked at).
 *
 * usage: rs256_vectors FOLDER, which has wycheproof_rs256.jsonl
 *
 * Our policy is stricter than the suite in one point: a key without `use` is not taken. Such a
 * key is asserted to be refused as it is, and then tried with `use` added, so that its signatures
 * are tested all the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "identity/jwks.h"
#include "identity/jwt.h"
#include "json/jsonin.h"

static struct {
	int cases, failed;
	int policy; /* of them: the suite says valid, our policy refuses the key as it is */
	int info;   /* of them: the suite asks for no verdict */
} counts;

/* Whether `token` is accepted with `jwk` as the only key of the pool. */
static bool accepted(json_object *jwk, struct slice token)
{
	buf_auto set = BUF_INIT(JWKS_BYTES_MAX);
	/* The breaker is open for good: there is nobody to fetch keys from. */
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

/* Run one case. Returns what was wrong with it, or NULL. */
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
			return "accepted with a key that has no use";
		counts.policy += expected;
		/* key_ops says the same in other words; the two do not go together. */
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
	struct slice comment = SLICE("");
	const char *problem = "not JSON";
	int64_t id = 0;

	counts.cases++;
	if (jsonin_object((struct slice){line, len}, &test) == 0) {
		(void)jsonin_integer(test, "tcId", &id);
		(void)jsonin_string(test, "comment", &comment);
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

	printf("rs256: %d cases, %d failed (%d by keys without use, refused as policy; %d without "
	       "a verdict)\n",
	       counts.cases, counts.failed, counts.policy, counts.info);
	return counts.cases == 0 || counts.failed > 0 ? 1 : 0;
}
