/*
 * pgserver.h - a PostgreSQL server on 127.0.0.1 for the tests of its clients. It follows a script,
 * one step per statement, and records the statements with their values.
 *
 *	PG({"users_by_sub|sub-1", .columns = "uuid", .rows = ME},
 *	   {"users_register|…", .state = "23505"})
 *
 * It is a child process that shares memory with the test, as that of server.h.
 *
 * PostgreSQL: "Frontend/Backend Protocol", version 3.0.
 */
#ifndef PGSERVER_H
#define PGSERVER_H

#include "pgwire.h"
#include "server.h"

enum pgserver_end {
	PG_KEEP,	/* answers, and keeps the connection */
	PG_CLOSE,	/* closes without an answer */
	PG_CUT,		/* closes after the description of the rows */
	PG_CLOSE_AFTER, /* answers, then says that it ends (57P01), and closes */
	PG_SILENT,	/* sends nothing until the client gives up */
};

struct pgserver_step {
	const char *call;    /* "NAME|VALUE|…", \N for null; "prepare NAME" for that alone */
	const char *columns; /* "uuid handle"; NULL: the statement has no rows */
	const char *rows;    /* "a|b\nc|\\N", or NULL */
	const char *state;   /* SQLSTATE of an error, or NULL */
	const char *message; /* of the error */
	enum pgserver_end end;
};

/* The steps of a script, as the two arguments of pgserver_start. */
#define PG(...)                                                                                    \
	(const struct pgserver_step[]){__VA_ARGS__},                                               \
		sizeof((const struct pgserver_step[]){__VA_ARGS__}) / sizeof(struct pgserver_step)
#define PG_NONE NULL, 0

#define PGSERVER_CALLS_MAX 16

struct pgserver {
	char url[96]; /* for CONNECTION_URL */
	pid_t pid;
	const struct pgserver_step *steps;
	size_t steps_count;
	unsigned connections, closed;
	unsigned prepared; /* Parse messages, also those of unnamed statements */
	unsigned count;	   /* of calls; those above PGSERVER_CALLS_MAX are not kept */
	char calls[PGSERVER_CALLS_MAX][2048];
	char text[16384];   /* of the last statement that was prepared */
	char startup[1024]; /* the parameters of the last connection, "name=value " each */

	/* Set by a test, for the connections that follow. */
	const char *refusal; /* SQLSTATE, or NULL */
	bool read_only;
};

/* One connection as the child sees it. */
struct pgserver_link {
	int fd;
	struct buf out;
	struct buf known; /* the names of the prepared statements, "NAME\n" each */
	const struct pgserver_step *step;
	bool failed; /* until the next Sync */
};

/* Take the step of the call whose text is in the next slot of server->calls. */
static inline void pgserver_take(struct pgserver *server, struct pgserver_link *link)
{
	static const struct pgserver_step surplus = {.state = "XX000", .message = "not scripted"};
	unsigned n = server->count++;

	link->step = n < server->steps_count ? &server->steps[n] : &surplus;
	if (link->step->state) {
		pgwire_error(&link->out, link->step->state, link->step->message);
		link->failed = true;
	}
}

static inline char *pgserver_slot(struct pgserver *server)
{
	return server->calls[server->count < PGSERVER_CALLS_MAX ? server->count
								: PGSERVER_CALLS_MAX - 1];
}

static inline void pgserver_parse(struct pgserver *server, struct pgserver_link *link,
				  const char *name)
{
	const struct pgserver_step *next =
		server->count < server->steps_count ? &server->steps[server->count] : NULL;

	server->prepared++;
	snprintf(server->text, sizeof(server->text), "%.16000s", name + strlen(name) + 1);
	if (next && next->call && strncmp(next->call, "prepare ", 8) == 0) {
		snprintf(pgserver_slot(server), sizeof(server->calls[0]), "prepare %.100s", name);
		pgserver_take(server, link);
	}
	if (link->failed)
		return;
	buf_printf(&link->known, "%.100s\n", name);
	pgwire_message(&link->out, '1', "", 0);
}

/* Bind: portal, statement, formats, values, formats. */
static inline void pgserver_bind(struct pgserver *server, struct pgserver_link *link,
				 const char *bytes)
{
	const char *name = bytes + strlen(bytes) + 1;
	const unsigned char *at = (const unsigned char *)name + strlen(name) + 1;
	buf_auto call = BUF_INIT(sizeof(server->calls[0]) - 1);
	char line[128];
	int count;

	at += 2 + 2 * (at[0] << 8 | at[1]);
	count = at[0] << 8 | at[1];
	at += 2;
	snprintf(line, sizeof(line), "\n%.100s\n", name);
	buf_printf(&call, "%s%s", strstr(link->known.data, line) ? "" : "not prepared: ", name);
	for (; count > 0; count--) {
		uint32_t len = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
			       (uint32_t)at[2] << 8 | at[3];

		at += 4;
		buf_puts(&call, len == 0xffffffff ? "|\\N" : "|");
		if (len == 0xffffffff)
			continue;
		buf_append(&call, at, len);
		at += len;
	}
	/* The formats of the results: none, or 0 for text each. */
	for (count = at[0] << 8 | at[1], at += 2; count > 0; count--, at += 2)
		if (at[0] || at[1])
			buf_puts(&call, " (binary)");
	snprintf(pgserver_slot(server), sizeof(server->calls[0]), "%.2047s", call.data);
	pgserver_take(server, link);
	if (!link->failed)
		pgwire_message(&link->out, '2', "", 0);
}

/* Send what is written. Returns false when the connection must be closed. */
static inline bool pgserver_sync(struct pgserver_link *link)
{
	enum pgserver_end end = link->step ? link->step->end : PG_KEEP;
	char byte;

	link->failed = false;
	link->step = NULL;
	pgwire_message(&link->out, 'Z', "I", 1);
	if (end == PG_CLOSE_AFTER)
		pgwire_error(&link->out, "57P01", "terminating connection");
	while (end == PG_SILENT && read(link->fd, &byte, 1) > 0)
		;
	if (end == PG_KEEP || end == PG_CLOSE_AFTER)
		assert_int_equal(write(link->fd, link->out.data, link->out.len), link->out.len);
	if (end == PG_CUT)
		assert_int_equal(write(link->fd, link->out.data, 12), 12);
	buf_reset(&link->out);
	return end == PG_KEEP;
}

/* Handle one message. Returns false when the connection must be closed. */
static inline bool pgserver_handle(struct pgserver *server, struct pgserver_link *link, char type,
				   const char *bytes)
{
	if (type == 'S')
		return pgserver_sync(link);
	if (link->failed)
		return true;
	if (type == 'P')
		pgserver_parse(server, link, bytes);
	else if (type == 'B')
		pgserver_bind(server, link, bytes);
	else if (type == 'D' && link->step && link->step->columns)
		pgwire_describe(&link->out, link->step->columns);
	else if (type == 'D')
		pgwire_message(&link->out, 'n', "", 0);
	else if (type == 'E')
		pgwire_rows(&link->out, link->step->rows);
	return type != 'X';
}

static inline bool pgserver_read(int fd, void *to, size_t len)
{
	return len == 0 || recv(fd, to, len, MSG_WAITALL) == (ssize_t)len;
}

/* The length of a message without the length itself; 0 at the end of the connection. */
static inline size_t pgserver_read_length(int fd)
{
	unsigned char bytes[4];

	if (!pgserver_read(fd, bytes, sizeof(bytes)))
		return 0;
	return ((size_t)bytes[2] << 8 | bytes[3]) - sizeof(bytes);
}

/* Read the start-up message and answer it. Returns false when the connection is refused. */
static inline bool pgserver_greet(struct pgserver *server, struct pgserver_link *link, char *bytes)
{
	static const char settings[][48] = {"server_version\00015.0", "in_hot_standby\0off",
					    "client_encoding\0UTF8"};
	size_t len = pgserver_read_length(link->fd);
	buf_auto startup = BUF_INIT(sizeof(server->startup) - 1);

	if (!len || !pgserver_read(link->fd, bytes, len))
		return false;
	for (const char *at = bytes + 4; *at; at += strlen(at) + 1) {
		const char *value = at + strlen(at) + 1;

		buf_printf(&startup, "%s=%s ", at, value);
		at = value;
	}
	snprintf(server->startup, sizeof(server->startup), "%.1023s", startup.data);
	if (server->refusal) {
		pgwire_error(&link->out, server->refusal, NULL);
	} else {
		pgwire_message(&link->out, 'R', "\0\0\0", 4);
		for (size_t i = 0; i < COUNT(settings); i++)
			pgwire_message(&link->out, 'S', settings[i],
				       strlen(settings[i]) + 2 +
					       strlen(settings[i] + strlen(settings[i]) + 1));
		pgwire_message(&link->out, 'S',
			       server->read_only ? "default_transaction_read_only\0on"
						 : "default_transaction_read_only\0off",
			       server->read_only ? 33 : 34);
		pgwire_put(&link->out, 1, 'K');
		pgwire_put(&link->out, 4, 12);
		pgwire_put(&link->out, 4, 1000 + server->connections);
		pgwire_put(&link->out, 4, 0);
	}
	if (!server->refusal)
		return pgserver_sync(link);
	assert_int_equal(write(link->fd, link->out.data, link->out.len), link->out.len);
	return false;
}

static inline void pgserver_serve(struct pgserver *server, int listener)
{
	static char bytes[65536];

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		struct pgserver_link link = {.fd = accept(listener, NULL, NULL),
					     .out = BUF_INIT(1 << 20),
					     .known = BUF_INIT(8192)};
		bool open;
		char type;

		if (link.fd < 0)
			_exit(1);
		server->connections++;
		buf_puts(&link.known, "\n");
		open = pgserver_greet(server, &link, bytes);
		while (open && pgserver_read(link.fd, &type, 1)) {
			size_t len = pgserver_read_length(link.fd);

			open = pgserver_read(link.fd, bytes, len) &&
			       pgserver_handle(server, &link, type, bytes);
		}
		close(link.fd);
		server->closed++;
		buf_dispose(&link.out);
		buf_dispose(&link.known);
	}
}

/* Start a server with a script, borrowed until pgserver_stop. It exits with the test. */
static inline struct pgserver *pgserver_start(const struct pgserver_step *steps, size_t count)
{
	struct pgserver *server = mmap(NULL, sizeof(*server), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char url[64];
	int listener;
	pid_t pid;

	assert_ptr_not_equal(server, MAP_FAILED);
	server->steps = steps;
	server->steps_count = count;
	listener = server_listen(url);
	snprintf(server->url, sizeof(server->url), "postgresql://u@%s/cruddur?sslmode=disable",
		 url + strlen("http://"));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pgserver_serve(server, listener);
	}
	server->pid = pid;
	close(listener);
	return server;
}

/* Check that the script was followed: each statement with its values, and no other. */
static inline void pgserver_check(const struct pgserver *server)
{
	for (size_t i = 0; i < server->steps_count && i < server->count; i++)
		if (server->steps[i].call)
			assert_string_equal(server->calls[i], server->steps[i].call);
	assert_int_equal(server->count, server->steps_count);
}

/* Wait until so many connections are closed. */
static inline void pgserver_await_close(const volatile struct pgserver *server, unsigned closed)
{
	while (server->closed < closed)
		usleep(1000);
}

static inline void pgserver_stop(struct pgserver *server)
{
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	munmap(server, sizeof(*server));
}

#endif
