/* handle.c - see handle.h. */
#include "base/handle.h"

bool handle_valid(struct slice text)
{
	if (text.len < LIMIT_HANDLE_MIN || text.len > LIMIT_HANDLE_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '_'))
			return false;
	}
	return true;
}

bool handle_copy(struct slice text, char ret_handle[LIMIT_HANDLE_MAX + 1])
{
	return handle_valid(text) && slice_copy(text, ret_handle, LIMIT_HANDLE_MAX + 1);
}

bool handle_deleted(struct slice handle)
{
	return slice_is(handle, HANDLE_DELETED);
}

/* Names that nobody may register, in lower case. */
static const char *const reserved[] = {
	/* the product and the people who run it */
	"abuse", "account", "accounts", "admin", "administrator", "admins", "billing", "contact",
	"cruddur", "cruddurapp", "cruddurhelp", "cruddurofficial", "cruddursupport", "cruddurteam",
	"help", "helpdesk", "hostmaster", "info", "legal", "mod", "moderator", "moderators", "mods",
	"noreply", "official", "operator", "owner", "payments", "postmaster", "press", "privacy",
	"root", "safety", "security", "service", "staff", "status", "support", "sysadmin", "system",
	"team", "trust", "verification", "verified", "verify", "webmaster",
	/* addresses of the page and of the API */
	"about", "activities", "api", "assets", "auth", "bookmarks", "config", "confirm",
	"conversations", "ending", "explore", "favicon", "followers", "following", "forgot",
	"groups", "handles", "health", "home", "index", "join", "live", "login", "logout", "media",
	"messages", "metrics", "new", "notifications", "oauth", "profile", "ready", "recover",
	"register", "reports", "requests", "robots", "search", "settings", "signin", "signout",
	"signup", "static", "tags", "terms", "trends", "users", "www",
	/* words that mean a person or nobody in texts and answers */
	"all", "anonymous", "channel", "deleted", "everyone", "here", "me", "nobody", "none",
	"null", "undefined", "unknown", "you", "yourself"};

/*
 * The look of a handle, as a key: `I`, `i` and `1` as `l`, `O` and `0` as `o`, `5` as `s`, lower
 * case, without `_`. size: at least text.len.
 */
static size_t key_of(struct slice text, char *key, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len && len < size; i++) {
		char c = text.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (c == 'i' || c == '1')
			c = 'l';
		else if (c == '0')
			c = 'o';
		else if (c == '5')
			c = 's';
		if (c != '_')
			key[len++] = c;
	}
	return len;
}

bool handle_reserved(struct slice text)
{
	char key[LIMIT_HANDLE_MAX], other[LIMIT_HANDLE_MAX];
	size_t len = key_of(text, key, sizeof(key));

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (key_of(slice_of(reserved[i]), other, sizeof(other)) == len &&
		    memcmp(key, other, len) == 0)
			return true;
	return false;
}
