/* endpoint.c - see endpoint.h. */
#include "run/endpoint.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/env.h"

const char *endpoint_suffix(const char *region)
{
	static const struct {
		const char *beginning, *suffix;
	} partitions[] = {
#include "partitions.h"
	};
	size_t i = 0;

	/* Every name begins like the last one. */
	while (strncmp(region, partitions[i].beginning, strlen(partitions[i].beginning)) != 0)
		i++;
	return partitions[i].suffix;
}

/* Whether `value` begins like a URL that http_send takes. */
static bool is_url(const char *value)
{
	return strncmp(value, "https://", 8) == 0 || strncmp(value, "http://", 7) == 0;
}

void endpoint_format(const char *name, char *to, size_t size, struct note *problem,
		     const char *format, ...)
{
	va_list args;
	size_t len;
	int n;

	va_start(args, format);
	n = vsnprintf(to, size, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= size) {
		note_first(problem, "%s is too long", name);
		return;
	}
	if (!is_url(to))
		note_first(problem, "%s does not begin with https:// or http://", name);
	len = strlen(to);
	while (len > 0 && to[len - 1] == '/')
		to[--len] = '\0';
}

void endpoint_load(const char *name, const char *service, const char *region, char *to, size_t size,
		   struct note *problem)
{
	const char *value = env_get(name);

	if (!value) {
		name = "AWS_ENDPOINT_URL";
		value = env_get(name);
	}
	if (value)
		endpoint_format(name, to, size, problem, "%s", value);
	else if (region)
		endpoint_format("AWS_REGION", to, size, problem, "https://%s.%s.%s", service,
				region, endpoint_suffix(region));
}
