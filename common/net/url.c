/* url.c - see url.h. */
#include "net/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>

struct url url_split(const char *text)
{
	const char *authority = strstr(text, "://");
	size_t len;

	authority = authority ? authority + 3 : text;
	len = strcspn(authority, "/?#");
	return (struct url){
		.origin = {text, (size_t)(authority - text) + len},
		.authority = {authority, len},
		.target = {authority + len, strcspn(authority + len, "#")},
	};
}

/* Read an IPv6 address in brackets, the form that it has in a URL. */
static bool read_ipv6(const char *host, struct in6_addr *ret_address)
{
	char text[INET6_ADDRSTRLEN];
	size_t len = strlen(host);

	if (len < 2 || host[0] != '[' || host[len - 1] != ']' ||
	    !slice_copy((struct slice){host + 1, len - 2}, text, sizeof(text)))
		return false;
	return inet_pton(AF_INET6, text, ret_address) == 1;
}

static bool is_loopback(const char *host)
{
	struct in6_addr address6;
	struct in_addr address4;

	if (strcmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, &address4) == 1)
		return ntohl(address4.s_addr) >> 24 == IN_LOOPBACKNET;
	return read_ipv6(host, &address6) && IN6_IS_ADDR_LOOPBACK(&address6);
}

/* IPv6 addresses are compared as addresses: one address has many notations. */
static bool is_same_host(const char *host, const char *other)
{
	struct in6_addr address, other_address;

	if (read_ipv6(host, &address) && read_ipv6(other, &other_address))
		return IN6_ARE_ADDR_EQUAL(&address, &other_address);
	return strcmp(host, other) == 0;
}

static bool is_one_of(const char *host, const char *const *hosts)
{
	for (; hosts && *hosts; hosts++)
		if (is_same_host(host, *hosts))
			return true;
	return false;
}

bool url_is_protected(const char *text, const char *const *hosts)
{
	CURLU *url = curl_url();
	char *scheme = NULL, *host = NULL;
	bool is_protected = false;

	if (url && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		is_protected = strcmp(scheme, "https") == 0 ||
			       (strcmp(scheme, "http") == 0 &&
				(is_loopback(host) || is_one_of(host, hosts)));
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(url);
	return is_protected;
}
