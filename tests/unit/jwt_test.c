/* jwt_test.c - valid tokens, and tokens that break each rule. */
#include "identity/jwt.h"

#include <stdio.h>

#include "base/err.h"
#include "signing.h"

static const struct config config = {.cognito_client_id = CLIENT, .cognito_issuer = ISSUER};

/* All steps, in the order of token.c. */
static int check(struct slice text, EVP_PKEY *with, struct token *ret_token)
{
	jwt_auto jwt = {0};
	struct token token;
	int r;

	r = jwt_open(text, &jwt);
	if (r == 0)
		r = jwt_claims(&jwt, &config, NOW, &token);
	if (r == 0)
		r = jwt_verify(&jwt, with);
	if (r == 0)
		*ret_token = token;
	return r;
}

/* Only the form: a part in another spelling would fail by its signature as well. */
static int open_only(struct slice text)
{
	jwt_auto jwt = {0};

	return jwt_open(text, &jwt);
}

static int check_json(struct slice header, struct slice claims)
{
	buf_auto text = BUF_INIT(SIGNING_MAX);
	struct token token;

	signing_token(key, header, claims, &text);
	return check(buf_slice(&text), key, &token);
}

static void assert_checked(const char *name, int r, int expected)
{
	if (r != expected)
		fail_msg("%s: %d instead of %d", name, r, expected);
}

static void good_token_names_its_subject(void **state)
{
	buf_auto text = BUF_INIT(SIGNING_MAX);
	struct token token;
	jwt_auto jwt = {0};

	(void)state;
	signing_token(key, SLICE(HEADER), SLICE(CLAIMS), &text);
	assert_int_equal(check(buf_slice(&text), key, &token), 0);
	assert_string_equal(token.subject, SUBJECT);
	assert_int_equal(token.expires_s, NOW + 3600);
	assert_int_equal(token.signed_in_s, 0); /* the token does not say */

	assert_int_equal(jwt_open(buf_slice(&text), &jwt), 0);
	assert_string_equal(jwt.key_id, "key-1");
}

static void the_time_of_the_sign_in_is_read(void **state)
{
	buf_auto text = BUF_INIT(SIGNING_MAX);
	struct token token;

	(void)state;
	signing_token(key, SLICE(HEADER),
		      SLICE(CLAIMS_OPEN ",\"exp\":1800003600,\"auth_time\":1799999000}"), &text);
	assert_int_equal(check(buf_slice(&text), key, &token), 0);
	assert_int_equal(token.signed_in_s, 1799999000);
}

static void header_rules_are_enforced(void **state)
{
#define KID ",\"kid\":\"key-1\"}"
#define HEADER_(n, json, e)                                                                        \
	{                                                                                          \
		n, SLICE(json), e                                                                  \
	}
	static const struct {
		const char *name;
		struct slice json;
		int expected;
	} cases[] = {
		HEADER_("unknown members are ignored", "{\"alg\":\"RS256\",\"typ\":\"JWT\"" KID, 0),
		HEADER_("white space is JSON", " { \"alg\" : \"RS256\" , \"kid\" : \"k\" } ", 0),
		HEADER_("kid as Cognito writes it", "{\"alg\":\"RS256\",\"kid\":\"a+/b0Zxy=\"}", 0),
		HEADER_("alg none", "{\"alg\":\"none\"" KID, ERR_DENIED),
		HEADER_("alg None", "{\"alg\":\"None\"" KID, ERR_DENIED),
		HEADER_("alg HS256", "{\"alg\":\"HS256\"" KID, ERR_DENIED),
		HEADER_("alg rs256", "{\"alg\":\"rs256\"" KID, ERR_DENIED),
		HEADER_("alg RS512", "{\"alg\":\"RS512\"" KID, ERR_DENIED),
		HEADER_("alg PS256", "{\"alg\":\"PS256\"" KID, ERR_DENIED),
		HEADER_("alg ES256", "{\"alg\":\"ES256\"" KID, ERR_DENIED),
		HEADER_("alg with a space", "{\"alg\":\"RS256 \"" KID, ERR_DENIED),
		HEADER_("alg with a NUL", "{\"alg\":\"RS256\\u0000\"" KID, ERR_DENIED),
		HEADER_("alg empty", "{\"alg\":\"\"" KID, ERR_DENIED),
		HEADER_("alg a number", "{\"alg\":256" KID, ERR_DENIED),
		HEADER_("alg null", "{\"alg\":null" KID, ERR_DENIED),
		HEADER_("alg a list", "{\"alg\":[\"RS256\"]" KID, ERR_DENIED),
		HEADER_("alg missing", "{\"kid\":\"key-1\"}", ERR_DENIED),
		HEADER_("ALG", "{\"ALG\":\"RS256\"" KID, ERR_DENIED),
		HEADER_("alg twice", "{\"alg\":\"RS256\",\"alg\":\"RS256\"" KID, ERR_DENIED),
		HEADER_("alg none, then RS256", "{\"alg\":\"none\",\"alg\":\"RS256\"" KID,
			ERR_DENIED),
		HEADER_("crit", "{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1" KID, ERR_DENIED),
		HEADER_("crit empty", "{\"alg\":\"RS256\",\"crit\":[]" KID, ERR_DENIED),
		HEADER_("crit null", "{\"alg\":\"RS256\",\"crit\":null" KID, ERR_DENIED),
		HEADER_("b64 false", "{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"]" KID,
			ERR_DENIED),
		HEADER_("kid missing", "{\"alg\":\"RS256\"}", ERR_DENIED),
		HEADER_("kid null", "{\"alg\":\"RS256\",\"kid\":null}", ERR_DENIED),
		HEADER_("kid a number", "{\"alg\":\"RS256\",\"kid\":1}", ERR_DENIED),
		HEADER_("kid a list", "{\"alg\":\"RS256\",\"kid\":[\"key-1\"]}", ERR_DENIED),
		HEADER_("kid empty", "{\"alg\":\"RS256\",\"kid\":\"\"}", ERR_DENIED),
		HEADER_("kid with a NUL", "{\"alg\":\"RS256\",\"kid\":\"key-1\\u0000x\"}",
			ERR_DENIED),
		HEADER_("kid twice", "{\"alg\":\"RS256\",\"kid\":\"key-0\"" KID, ERR_DENIED),
		HEADER_("trailing text", HEADER "x", ERR_DENIED),
		HEADER_("trailing NUL", HEADER "\0", ERR_DENIED),
		HEADER_("two objects", HEADER HEADER, ERR_DENIED),
		HEADER_("a list", "[" HEADER "]", ERR_DENIED),
		HEADER_("a string", "\"RS256\"", ERR_DENIED),
		HEADER_("null", "null", ERR_DENIED),
		HEADER_("empty", "", ERR_DENIED),
		HEADER_("cut short", "{\"alg\":\"RS256\",\"kid\":\"key-1\"", ERR_DENIED),
		HEADER_("byte order mark", "\xEF\xBB\xBF" HEADER, ERR_DENIED),
		HEADER_("single quotes", "{'alg':'RS256','kid':'key-1'}", ERR_DENIED),
		HEADER_("comment", "{/**/\"alg\":\"RS256\"" KID, ERR_DENIED),
		HEADER_("NaN", "{\"alg\":\"RS256\",\"x\":NaN" KID, ERR_DENIED),
		HEADER_("invalid UTF-8", "{\"alg\":\"RS256\",\"x\":\"\xC0\xAF\"" KID, ERR_DENIED),
	};
#undef HEADER_
#undef KID

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_checked(cases[i].name, check_json(cases[i].json, SLICE(CLAIMS)),
			       cases[i].expected);
}

static void key_id_has_a_limit(void **state)
{
	char id[JWT_KEY_ID_SIZE + 1], header[JWT_KEY_ID_SIZE + 64];

	(void)state;
	memset(id, 'k', sizeof(id));
	id[JWT_KEY_ID_SIZE - 1] = '\0';
	snprintf(header, sizeof(header), "{\"alg\":\"RS256\",\"kid\":\"%s\"}", id);
	assert_int_equal(check_json(slice_of(header), SLICE(CLAIMS)), 0);

	id[JWT_KEY_ID_SIZE - 1] = 'k';
	id[JWT_KEY_ID_SIZE] = '\0';
	snprintf(header, sizeof(header), "{\"alg\":\"RS256\",\"kid\":\"%s\"}", id);
	assert_int_equal(check_json(slice_of(header), SLICE(CLAIMS)), ERR_DENIED);
}

static void claims_rules_are_enforced(void **state)
{
#define WHO(iss, client, use, sub)                                                                 \
	"{\"iss\":" iss ",\"client_id\":" client ",\"token_use\":" use ",\"sub\":" sub             \
	",\"exp\":1800003600}"
#define ISS	      "\"" ISSUER "\""
#define CID	      "\"" CLIENT "\""
#define USE	      "\"access\""
#define SUB	      "\"" SUBJECT "\""
#define EXP(exp)      CLAIMS_OPEN ",\"exp\":" exp "}"
#define MORE(members) CLAIMS_OPEN ",\"exp\":1800003600," members "}"
#define IAT(iat)                                                                                   \
	"{\"iss\":" ISS ",\"client_id\":" CID ",\"token_use\":\"access\",\"sub\":" SUB             \
	",\"exp\":1800003600,\"iat\":" iat "}"
#define GOOD(n, json)                                                                              \
	{                                                                                          \
		n, SLICE(json), 0                                                                  \
	}
#define BAD(n, json)                                                                               \
	{                                                                                          \
		n, SLICE(json), ERR_DENIED                                                         \
	}
	static const struct {
		const char *name;
		struct slice json;
		int expected;
	} cases[] = {
		GOOD("without iat", WHO(ISS, CID, USE, SUB)),
		GOOD("unknown claims", MORE("\"scope\":\"x\",\"cognito:groups\":[{}],\"x\":null")),
		GOOD("sub of any script", WHO(ISS, CID, USE, "\"\xC3\xA9-\xF0\x9F\x90\xA6\"")),

		BAD("iss missing", "{\"client_id\":" CID ",\"token_use\":\"access\",\"sub\":" SUB
				   ",\"exp\":1800003600}"),
		BAD("iss other", WHO("\"https://example.org\"", CID, USE, SUB)),
		BAD("iss prefix",
		    WHO("\"https://cognito-idp.ca-central-1.amazonaws.com\"", CID, USE, SUB)),
		BAD("iss longer", WHO("\"" ISSUER "2\"", CID, USE, SUB)),
		BAD("iss with a slash", WHO("\"" ISSUER "/\"", CID, USE, SUB)),
		BAD("iss with a NUL", WHO("\"" ISSUER "\\u0000\"", CID, USE, SUB)),
		BAD("iss a list", WHO("[" ISS "]", CID, USE, SUB)),
		BAD("iss null", WHO("null", CID, USE, SUB)),
		BAD("iss twice", MORE("\"iss\":" ISS)),

		BAD("client_id other", WHO(ISS, "\"other\"", USE, SUB)),
		BAD("client_id prefix", WHO(ISS, "\"1example2345678\"", USE, SUB)),
		BAD("client_id longer", WHO(ISS, "\"" CLIENT "0\"", USE, SUB)),
		BAD("client_id a list", WHO(ISS, "[" CID "]", USE, SUB)),
		BAD("client_id empty", WHO(ISS, "\"\"", USE, SUB)),
		BAD("aud instead of client_id",
		    "{\"iss\":" ISS ",\"aud\":" CID ",\"token_use\":\"access\",\"sub\":" SUB
		    ",\"exp\":1800003600}"),

		BAD("an ID token", "{\"iss\":" ISS ",\"aud\":" CID
				   ",\"token_use\":\"id\",\"sub\":" SUB ",\"exp\":1800003600}"),
		BAD("token_use id", WHO(ISS, CID, "\"id\"", SUB)),
		BAD("token_use refresh", WHO(ISS, CID, "\"refresh\"", SUB)),
		BAD("token_use prefix", WHO(ISS, CID, "\"acces\"", SUB)),
		BAD("token_use Access", WHO(ISS, CID, "\"Access\"", SUB)),
		BAD("token_use true", WHO(ISS, CID, "true", SUB)),

		BAD("sub missing", "{\"iss\":" ISS ",\"client_id\":" CID
				   ",\"token_use\":\"access\",\"exp\":1800003600}"),
		BAD("sub empty", WHO(ISS, CID, USE, "\"\"")),
		BAD("sub a number", WHO(ISS, CID, USE, "7")),
		BAD("sub an object", WHO(ISS, CID, USE, "{}")),
		BAD("sub null", WHO(ISS, CID, USE, "null")),
		BAD("sub with a NUL", WHO(ISS, CID, USE, "\"" SUBJECT "\\u0000\"")),
		BAD("sub that begins with a NUL", WHO(ISS, CID, USE, "\"\\u0000a\"")),
		BAD("sub with a newline", WHO(ISS, CID, USE, "\"a\\nb\"")),
		BAD("sub with DEL", WHO(ISS, CID, USE, "\"a\x7F\"")),

		GOOD("exp one second ahead", EXP("1800000001")),
		GOOD("exp at its maximum", EXP("253402300799")),
		BAD("exp exactly now", EXP("1800000000")),
		BAD("exp a second ago", EXP("1799999999")),
		BAD("exp zero", EXP("0")),
		BAD("exp negative", EXP("-1")),
		BAD("exp in milliseconds", EXP("1800003600000")),
		BAD("exp at INT64_MAX", EXP("9223372036854775807")),
		BAD("exp above INT64_MAX", EXP("9223372036854775808")),
		BAD("exp at UINT64_MAX", EXP("18446744073709551615")),
		BAD("exp 10^30", EXP("1000000000000000000000000000000")),
		BAD("exp -10^30", EXP("-1000000000000000000000000000000")),
		BAD("exp with a fraction", EXP("1800003600.5")),
		BAD("exp with a zero fraction", EXP("1800003600.0")),
		BAD("exp with an exponent", EXP("18e8")),
		BAD("exp 1e400", EXP("1e400")),
		BAD("exp NaN", EXP("NaN")),
		BAD("exp Infinity", EXP("Infinity")),
		BAD("exp a string", EXP("\"1800003600\"")),
		BAD("exp true", EXP("true")),
		BAD("exp a list", EXP("[1800003600]")),
		BAD("exp null", EXP("null")),
		BAD("exp missing", CLAIMS_OPEN "}"),
		BAD("exp twice", CLAIMS_OPEN ",\"exp\":1,\"exp\":1800003600}"),
		BAD("exp twice, once with an escape",
		    CLAIMS_OPEN ",\"exp\":1,\"\\u0065xp\":1800003600}"),

		GOOD("nbf now", MORE("\"nbf\":1800000000")),
		GOOD("nbf within the leeway", MORE("\"nbf\":1800000060")),
		BAD("nbf beyond the leeway", MORE("\"nbf\":1800000061")),
		BAD("nbf a string", MORE("\"nbf\":\"1\"")),
		BAD("nbf with a fraction", MORE("\"nbf\":1.5")),
		BAD("nbf negative", MORE("\"nbf\":-1")),
		BAD("nbf 10^30", MORE("\"nbf\":1000000000000000000000000000000")),
		GOOD("auth_time now", MORE("\"auth_time\":1800000000")),
		BAD("auth_time beyond the leeway", MORE("\"auth_time\":1800000061")),
		BAD("auth_time a string", MORE("\"auth_time\":\"1\"")),
		BAD("auth_time negative", MORE("\"auth_time\":-1")),
		GOOD("iat within the leeway", IAT("1800000060")),
		BAD("iat beyond the leeway", IAT("1800000061")),
		BAD("iat a string", IAT("\"1800000000\"")),
		BAD("iat at INT64_MAX", IAT("9223372036854775807")),

		BAD("trailing text", CLAIMS "{"),
		BAD("trailing NUL", CLAIMS "\0"),
		BAD("a list", "[" CLAIMS "]"),
		BAD("text", "claims"),
		BAD("empty", ""),
		BAD("single quotes", "{'iss':1}"),
		BAD("a lone surrogate", MORE("\"x\":\"\\ud800\"")),
		BAD("a raw tab", MORE("\"x\":\"\t\"")),
		BAD("-01", MORE("\"x\":-01")),
		BAD("too deep", MORE("\"x\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]")),
	};
#undef WHO
#undef ISS
#undef CID
#undef USE
#undef SUB
#undef EXP
#undef MORE
#undef IAT
#undef GOOD
#undef BAD

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_checked(cases[i].name, check_json(SLICE(HEADER), cases[i].json),
			       cases[i].expected);
}

static void subject_has_a_limit(void **state)
{
	char sub[TOKEN_SUBJECT_SIZE + 1], claims[1024];
	static const char *const format = "{\"iss\":\"" ISSUER "\",\"client_id\":\"" CLIENT
					  "\",\"token_use\":\"access\",\"exp\":1800003600,"
					  "\"sub\":\"%s\"}";

	(void)state;
	memset(sub, 's', sizeof(sub));
	sub[TOKEN_SUBJECT_SIZE - 1] = '\0';
	snprintf(claims, sizeof(claims), format, sub);
	assert_int_equal(check_json(SLICE(HEADER), slice_of(claims)), 0);

	sub[TOKEN_SUBJECT_SIZE - 1] = 's';
	sub[TOKEN_SUBJECT_SIZE] = '\0';
	snprintf(claims, sizeof(claims), format, sub);
	assert_int_equal(check_json(SLICE(HEADER), slice_of(claims)), ERR_DENIED);
}

/* The good token with the part `part` (0 to 2) replaced by `with`. */
static void replace_part(const char *good, int part, const char *with, struct buf *ret)
{
	for (int i = 0; i < 3; i++) {
		size_t len = strcspn(good, ".");

		if (i > 0)
			buf_putc(ret, '.');
		if (i == part)
			buf_puts(ret, with);
		else
			buf_append(ret, good, len);
		good += len + (good[len] == '.');
	}
}

static void compact_form_is_strict(void **state)
{
	buf_auto good = BUF_INIT(SIGNING_MAX);
	static const char *const affixes[] = {"=", "==", " ", "\n", "\t", "%", ".", ".."};
	static const char *const others[] = {"", ".", "..", "...", "a", "a.b", "a.b.", ".b.c"};

	(void)state;
	signing_token(key, SLICE(HEADER), SLICE(CLAIMS), &good);
	assert_int_equal(open_only(buf_slice(&good)), 0);

	for (size_t i = 0; i < COUNT(affixes); i++) {
		buf_auto after = BUF_INIT(SIGNING_MAX), before = BUF_INIT(SIGNING_MAX);

		buf_printf(&after, "%s%s", good.data, affixes[i]);
		buf_printf(&before, "%s%s", affixes[i], good.data);
		assert_checked(affixes[i], open_only(buf_slice(&after)), ERR_DENIED);
		assert_checked(affixes[i], open_only(buf_slice(&before)), ERR_DENIED);
	}
	for (size_t i = 0; i < COUNT(others); i++)
		assert_checked(others[i], open_only(slice_of(others[i])), ERR_DENIED);

	/* A NUL after the token is part of it. */
	assert_int_equal(open_only((struct slice){good.data, good.len + 1}), ERR_DENIED);
}

/* Each part in another spelling of the same bytes, which a lenient decoder would accept. */
static void parts_have_one_spelling(void **state)
{
	static const struct {
		const char *before, *after;
	} spellings[] = {{"", "="}, {"", "=="}, {"", " "}, {"", "\n"}, {" ", ""}, {"\r\n", ""}};
	buf_auto good = BUF_INIT(SIGNING_MAX), spelt = BUF_INIT(SIGNING_MAX);
	char part[1024], other[1024 + 4];

	(void)state;
	/* No part is a multiple of three bytes, so its last character has unused bits. */
	signing_token(key, SLICE(HEADER "  "), SLICE(CLAIMS " "), &good);
	assert_int_equal(open_only(buf_slice(&good)), 0);

	for (int i = 0; i < 3; i++) {
		const char *from = good.data;
		size_t len;

		for (int skip = 0; skip < i; skip++)
			from = strchr(from, '.') + 1;
		len = strcspn(from, ".");
		assert_true(len % 4 != 0 && len < sizeof(part));
		memcpy(part, from, len);
		part[len] = '\0';

		for (size_t s = 0; s < COUNT(spellings); s++) {
			snprintf(other, sizeof(other), "%s%s%s", spellings[s].before, part,
				 spellings[s].after);
			buf_reset(&spelt);
			replace_part(good.data, i, other, &spelt);
			assert_checked(spellings[s].after, open_only(buf_slice(&spelt)),
				       ERR_DENIED);
		}

		/* Those bits are zero; the next character of the alphabet has one of them set. */
		part[len - 1]++;
		buf_reset(&spelt);
		replace_part(good.data, i, part, &spelt);
		assert_checked("unused bits", open_only(buf_slice(&spelt)), ERR_DENIED);
	}
}

static void alphabet_is_base64url(void **state)
{
	buf_auto text = BUF_INIT(SIGNING_MAX);
	bool seen = false;

	(void)state;
	/* ">>>???" encodes to "Pj4-Pz8_", in plain base64 to "Pj4+Pz8/". */
	for (int shift = 0; shift < 3; shift++) {
		static const char *const pads[] = {"", " ", "  "};
		buf_auto claims = BUF_INIT(4096);

		buf_reset(&text);
		buf_printf(&claims, CLAIMS_OPEN ",\"exp\":1800003600,%s\"x\":\">>>???\"}",
			   pads[shift]);
		signing_token(key, SLICE(HEADER), buf_slice(&claims), &text);
		assert_int_equal(open_only(buf_slice(&text)), 0);
		for (char *c = strchr(text.data, '.') + 1; *c != '.'; c++) {
			char was = *c;

			if (was != '-' && was != '_')
				continue;
			seen = true;
			*c = was == '-' ? '+' : '/';
			assert_int_equal(open_only(buf_slice(&text)), ERR_DENIED);
			*c = was;
		}
	}
	assert_true(seen);
}

static void size_is_limited(void **state)
{
	static const size_t sizes[] = {JWT_MAX + 1, 100 * 1024};
	struct token token;
	buf_auto fits = BUF_INIT(SIGNING_MAX);

	(void)state;
	signing_token(key, SLICE(HEADER), SLICE(CLAIMS), &fits);
	assert_true(fits.len < JWT_MAX);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		buf_auto claims = BUF_INIT(SIGNING_MAX), text = BUF_INIT(SIGNING_MAX);

		/* Valid except for its size. */
		buf_puts(&claims, CLAIMS);
		while (claims.len < sizes[i])
			buf_putc(&claims, ' ');
		signing_token(key, SLICE(HEADER), buf_slice(&claims), &text);
		assert_int_equal(check(buf_slice(&text), key, &token), ERR_DENIED);
	}
}

static void signature_covers_header_and_claims(void **state)
{
	buf_auto good = BUF_INIT(SIGNING_MAX), other = BUF_INIT(SIGNING_MAX);
	buf_auto mixed = BUF_INIT(SIGNING_MAX), pss = BUF_INIT(SIGNING_MAX);
	struct token token;
	char *dot;
	size_t first;

	(void)state;
	signing_token(key, SLICE(HEADER), SLICE(CLAIMS), &good);
	assert_int_equal(check(buf_slice(&good), other_key, &token), ERR_DENIED);

	/* Claims of one token, signature of another. */
	signing_token(key, SLICE(HEADER), SLICE(CLAIMS_OPEN ",\"exp\":1900000000}"), &other);
	dot = strrchr(good.data, '.');
	buf_append(&mixed, other.data, (size_t)(strrchr(other.data, '.') - other.data));
	buf_puts(&mixed, dot);
	assert_int_equal(check(buf_slice(&mixed), key, &token), ERR_DENIED);

	/* One bit of the signature. */
	first = (size_t)(dot - good.data) + 1;
	for (size_t at = first; at < good.len - 1; at += 37) {
		char was = good.data[at];

		good.data[at] = was == 'A' ? 'B' : 'A';
		assert_int_equal(check(buf_slice(&good), key, &token), ERR_DENIED);
		good.data[at] = was;
	}

	/* Truncated, missing, and with PSS padding instead of the header's RS256. */
	assert_int_equal(check((struct slice){good.data, good.len - 4}, key, &token), ERR_DENIED);
	assert_int_equal(open_only((struct slice){good.data, first}), ERR_DENIED);
	base64url_encode(SLICE(HEADER), &pss);
	buf_putc(&pss, '.');
	base64url_encode(SLICE(CLAIMS), &pss);
	signing_sign(key, RSA_PKCS1_PSS_PADDING, 0, &pss);
	assert_int_equal(check(buf_slice(&pss), key, &token), ERR_DENIED);

	/* The unchanged token is still accepted. */
	assert_int_equal(check(buf_slice(&good), key, &token), 0);
}

static void times_are_compared_with_now(void **state)
{
	buf_auto text = BUF_INIT(SIGNING_MAX);
	jwt_auto jwt = {0};
	struct token token;

	(void)state;
	signing_token(key, SLICE(HEADER), SLICE(CLAIMS), &text);
	assert_int_equal(jwt_open(buf_slice(&text), &jwt), 0);
	assert_int_equal(jwt_claims(&jwt, &config, NOW + 3599, &token), 0);
	assert_int_equal(jwt_claims(&jwt, &config, NOW + 3600, &token), ERR_DENIED);
	assert_int_equal(jwt_claims(&jwt, &config, NOW - JWT_LEEWAY_S, &token), 0);
	assert_int_equal(jwt_claims(&jwt, &config, NOW - JWT_LEEWAY_S - 1, &token), ERR_DENIED);
}

static void only_a_group_of_that_name_makes_a_moderator(void **state)
{
#define WITH(member)                                                                               \
	"{\"iss\":\"" ISSUER "\",\"client_id\":\"" CLIENT "\",\"token_use\":\"access\","           \
	"\"sub\":\"" SUBJECT "\",\"exp\":1800003600," member "}"
#define GROUPS(json) WITH("\"cognito:groups\":" json)
	static const struct {
		const char *claims;
		bool moderator;
	} cases[] = {
		{CLAIMS, false},
		{GROUPS("[\"moderators\"]"), true},
		{GROUPS("[\"writers\",7,null,\"moderators\"]"), true},
		{GROUPS("[]"), false},
		{GROUPS("[\"Moderators\",\"moderator\",\"moderators \"]"), false},
		{GROUPS("[\"moderators\\u0000\"]"), false},
		{GROUPS("[[\"moderators\"],{\"moderators\":true}]"), false},
		{GROUPS("\"moderators\""), false},
		{GROUPS("{\"moderators\":true}"), false},
		{GROUPS("null"), false},
		{WITH("\"groups\":[\"moderators\"]"), false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_auto text = BUF_INIT(SIGNING_MAX);
		struct token token;

		signing_token(key, SLICE(HEADER), slice_of(cases[i].claims), &text);
		assert_checked(cases[i].claims, check(buf_slice(&text), key, &token), 0);
		assert_int_equal(token.moderator, cases[i].moderator);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_token_names_its_subject),
		cmocka_unit_test(the_time_of_the_sign_in_is_read),
		cmocka_unit_test(header_rules_are_enforced),
		cmocka_unit_test(key_id_has_a_limit),
		cmocka_unit_test(claims_rules_are_enforced),
		cmocka_unit_test(subject_has_a_limit),
		cmocka_unit_test(compact_form_is_strict),
		cmocka_unit_test(parts_have_one_spelling),
		cmocka_unit_test(alphabet_is_base64url),
		cmocka_unit_test(size_is_limited),
		cmocka_unit_test(signature_covers_header_and_claims),
		cmocka_unit_test(times_are_compared_with_now),
		cmocka_unit_test(only_a_group_of_that_name_makes_a_moderator),
	};

	return cmocka_run_group_tests(tests, signing_open, signing_close);
}
