/* hosts.c - see hosts.h. */
#include "db/hosts.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PORT_DEFAULT "5432" /* of an element that is left out */

/* The value of a parameter, a list separated by commas; the commas become NULs. */
struct list {
	char *text;   /* NULL without the parameter */
	size_t count; /* of its elements; 0 without the parameter */
};

struct hosts {
	struct list names, addresses, ports;
	size_t count;
};

/* Copy `value` and cut it. Returns whether there was enough memory. */
static bool cut(const char *value, struct list *list)
{
	if (!value || !*value)
		return true;
	list->text = strdup(value);
	if (!list->text)
		return false;
	list->count = 1;
	for (size_t i = 0; list->text[i]; i++) {
		if (list->text[i] != ',')
			continue;
		list->text[i] = '\0';
		list->count++;
	}
	return true;
}

/* Element `index`; that of a list with one element; NULL for an empty list. */
static const char *element(const struct list *list, size_t index)
{
	const char *at = list->text;

	if (list->count > 1)
		for (; index > 0; index--)
			at += strlen(at) + 1;
	return at;
}

/* Whether the list is empty, or has `count` elements, none of them "". */
static bool is_whole(const struct list *list, size_t count)
{
	if (list->count != 0 && list->count != count)
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (!*element(list, i))
			return false;
	return true;
}

/* The value of a parameter; NULL when it is not set. */
static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val;
	return NULL;
}

/* Returns whether there was enough memory. */
static bool read_options(struct hosts *hosts, const PQconninfoOption *options)
{
	return cut(value_of(options, "host"), &hosts->names) &&
	       cut(value_of(options, "hostaddr"), &hosts->addresses) &&
	       cut(value_of(options, "port"), &hosts->ports);
}

struct hosts *hosts_new(const char *url)
{
	struct hosts *hosts = calloc(1, sizeof(*hosts));
	char *problem = NULL;
	PQconninfoOption *options = PQconninfoParse(url, &problem);
	size_t count;

	if (!hosts || (!options && !problem) || (options && !read_options(hosts, options))) {
		PQconninfoFree(options);
		PQfreemem(problem);
		hosts_free(hosts);
		return NULL;
	}
	PQconninfoFree(options);
	PQfreemem(problem);
	count = hosts->addresses.count ? hosts->addresses.count : hosts->names.count;
	hosts->count = 1;
	if (count > 1 && is_whole(&hosts->names, count) && is_whole(&hosts->addresses, count) &&
	    (hosts->ports.count <= 1 || hosts->ports.count == count))
		hosts->count = count;
	return hosts;
}

void hosts_free(struct hosts *hosts)
{
	if (!hosts)
		return;
	free(hosts->names.text);
	free(hosts->addresses.text);
	free(hosts->ports.text);
	free(hosts);
}

size_t hosts_count(const struct hosts *hosts)
{
	return hosts->count;
}

struct host hosts_get(const struct hosts *hosts, size_t index)
{
	const char *port;

	if (hosts->count == 1)
		return (struct host){0};
	port = element(&hosts->ports, index);
	return (struct host){element(&hosts->names, index), element(&hosts->addresses, index),
			     port && !*port ? PORT_DEFAULT : port};
}
