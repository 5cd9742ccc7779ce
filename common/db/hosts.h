/*
 * hosts.h - the servers that a connection URL names, one by one.
 *
 * postgresql://user@one:5432,two:5433/cruddur names two. libpq tries them in order, but it stays
 * with one that drops packets until the caller gives up. db.c therefore connects to each of them by
 * itself, within a share of its time.
 *
 * PostgreSQL: "Specifying Multiple Hosts", libpq, Connection Strings.
 */
#ifndef HOSTS_H
#define HOSTS_H

#include <stddef.h>

struct hosts;

/* One server, as libpq's parameters; each is NULL where the URL alone says it. */
struct host {
	const char *name;    /* host */
	const char *address; /* hostaddr */
	const char *port;
};

/*
 * Read the servers of a connection URL. One that libpq refuses, or whose lists leave something out
 * or do not fit together, counts as one server, for libpq to judge.
 *
 * url: a PostgreSQL URI, borrowed for the call.
 * Returns NULL when memory is exhausted. hosts_free(NULL) does nothing.
 */
struct hosts *hosts_new(const char *url);
void hosts_free(struct hosts *hosts);

/* How many servers there are: at least 1. */
size_t hosts_count(const struct hosts *hosts);

/* Server `index`, below hosts_count; borrowed until hosts_free. */
struct host hosts_get(const struct hosts *hosts, size_t index);

#endif
