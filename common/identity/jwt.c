/* jwt.c - see jwt.h. */
#include "identity/jwt.h"

#include <openssl/err.h>

#include "base/base64url.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/text.h"
#include "json/jsonin.h"

bool jwt_member_is(const json_object *object, const char *key, const char *value)
{
	struct slice text;

	return jsonin_string(object, key, &text) == 0 && slice_is(text, value);
}

/* Errors of reading a token mean that the token is invalid, except for lack of memory. */
static int refusal(int err)
{
	return err == 0 || err == ERR_NO_MEMORY ? err : ERR_DENIED;
}

static int read_header(struct slice part, char ret_key_id[JWT_KEY_ID_SIZE])
{
	buf_auto text = BUF_INIT(JWT_MAX);
	json_auto *header = NULL;
	struct slice key_id;
	int r;

	r = base64url_decode(part, &text);
	if (r < 0)
		return r;
	r = jsonin_object(buf_slice(&text), &header);
	if (r < 0)
		return r;

	/* The verifier chooses the algorithm, never the token (RFC 8725 §3.1). */
	if (!jwt_member_is(header, "alg", "RS256"))
		return ERR_DENIED;
	/* crit lists extensions that must be understood; none is (RFC 7515 §4.1.11). */
	if (json_object_object_get_ex(header, "crit", NULL))
		return ERR_DENIED;

	r = jsonin_string(header, "kid", &key_id);
	if (r < 0)
		return r;
	return text_copy_name(key_id, ret_key_id, JWT_KEY_ID_SIZE) ? 0 : ERR_INVALID;
}

int jwt_open(struct slice text, struct jwt *ret_jwt)
{
	jwt_auto jwt = {.payload = BUF_INIT(JWT_MAX), .signature = BUF_INIT(JWT_MAX)};
	struct slice signature = text;
	struct slice header = slice_cut(&signature, '.');
	struct slice payload = slice_cut(&signature, '.');
	int r;

	/* A third dot would be in the signature, where base64url refuses it. */
	if (text.len > JWT_MAX || signature.len == 0)
		return ERR_DENIED;
	jwt.signed_text = (struct slice){text.ptr, header.len + 1 + payload.len};

	r = read_header(header, jwt.key_id);
	if (r == 0)
		r = base64url_decode(payload, &jwt.payload);
	if (r == 0)
		r = base64url_decode(signature, &jwt.signature);
	if (r < 0)
		return refusal(r);

	*ret_jwt = jwt;
	jwt.payload = jwt.signature = (struct buf){0};
	return 0;
}

/* Read exp, nbf, iat or auth_time: an integer from 0 to JWT_TIME_MAX; nothing is rounded or
 * clamped. */
static int read_time(const json_object *claims, const char *key, int64_t *ret_s)
{
	int64_t time_s;
	int r;

	r = jsonin_integer(claims, key, &time_s);
	if (r < 0)
		return r;
	if (time_s < 0 || time_s > JWT_TIME_MAX)
		return ERR_INVALID;
	*ret_s = time_s;
	return 0;
}

/* Check nbf or iat: missing, or not in the future. */
static int check_not_future(const json_object *claims, const char *key, int64_t now_s)
{
	int64_t time_s;
	int r;

	r = read_time(claims, key, &time_s);
	if (r == ERR_NOT_FOUND)
		return 0;
	if (r < 0)
		return r;
	return time_s <= now_s + JWT_LEEWAY_S ? 0 : ERR_DENIED;
}

/*
 * Whether the groups of the user pool that the token names have JWT_MODERATORS among them. Amazon
 * Cognito, "Understanding the access token": cognito:groups, an array of names.
 */
static bool is_moderator(const json_object *claims)
{
	json_object *groups;

	if (jsonin_array(claims, "cognito:groups", &groups) < 0)
		return false;
	for (size_t i = 0; i < json_object_array_length(groups); i++) {
		json_object *group = json_object_array_get_idx(groups, i);
		struct slice name;

		if (!json_object_is_type(group, json_type_string))
			continue;
		name.ptr = json_object_get_string(group);
		name.len = (size_t)json_object_get_string_len(group);
		if (slice_is(name, JWT_MODERATORS))
			return true;
	}
	return false;
}

static int read_claims(const json_object *claims, const struct config *config, int64_t now_s,
		       struct token *ret_token)
{
	struct token token;
	struct slice subject;
	int r;

	/* An access token, not an ID token, made for this client of this pool. */
	if (!jwt_member_is(claims, "iss", config->cognito_issuer) ||
	    !jwt_member_is(claims, "token_use", "access") ||
	    !jwt_member_is(claims, "client_id", config->cognito_client_id))
		return ERR_DENIED;

	r = read_time(claims, "exp", &token.expires_s);
	if (r < 0)
		return r;
	if (token.expires_s <= now_s)
		return ERR_DENIED;
	r = check_not_future(claims, "nbf", now_s);
	if (r == 0)
		r = check_not_future(claims, "iat", now_s);
	if (r == 0)
		r = check_not_future(claims, "auth_time", now_s);
	if (r == 0 && read_time(claims, "auth_time", &token.signed_in_s) == ERR_NOT_FOUND)
		token.signed_in_s = 0;
	if (r == 0)
		r = jsonin_string(claims, "sub", &subject);
	if (r == 0)
		r = text_copy_name(subject, token.subject, sizeof(token.subject)) ? 0 : ERR_INVALID;
	if (r < 0)
		return r;
	token.moderator = is_moderator(claims);

	*ret_token = token;
	return 0;
}

int jwt_claims(const struct jwt *jwt, const struct config *config, int64_t now_s,
	       struct token *ret_token)
{
	json_auto *claims = NULL;
	int r;

	r = jsonin_object(buf_slice(&jwt->payload), &claims);
	if (r == 0)
		r = read_claims(claims, config, now_s, ret_token);
	return refusal(r);
}

int jwt_verify(const struct jwt *jwt, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int r = ERR_NO_MEMORY; /* the key was checked: before the signature nothing else can fail */

	ERR_clear_error();
	/* PKCS #1 v1.5 padding is OpenSSL's default for RSA. Only 1 means valid. */
	if (ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1) {
		if (EVP_DigestVerify(ctx, (const unsigned char *)jwt->signature.data,
				     jwt->signature.len,
				     (const unsigned char *)jwt->signed_text.ptr,
				     jwt->signed_text.len) == 1)
			r = 0;
		else if (crypto_rsa_refused())
			r = ERR_DENIED;
	}
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return r;
}

void jwt_dispose(struct jwt *jwt)
{
	buf_dispose(&jwt->payload);
	buf_dispose(&jwt->signature);
}
