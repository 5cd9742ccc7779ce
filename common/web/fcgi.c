/*
 * fcgi.c - see fcgi.h.
 *
 * One connection, and where libfcgi's own behaviour is replaced:
 *
 *	nginx                     worker
 *	  | -- connect ----------> accept()              ours: FCGX_Accept_r would accept by itself,
 *	  |                        alarm(CONNECTION_S)   and then nothing could limit its reading
 *	  | -- BEGIN, PARAMS ----> FCGX_Accept_r()       reads the head from request->ipcFd
 *	  | -- STDIN ------------> fcgi_read()
 *	  | <- STDOUT ------------ fcgi_write()
 *	  |                        fcgi_drain()          all input is read: no reset can overtake
 *	  |                        FCGX_Detach()         the answer, so Finish need not wait for
 *	  | <- STDOUT, END, FIN -- FCGX_Finish_r()       nginx to close first
 *	  |                        alarm(0)
 *
 *	SIGALRM  shutdown(connection): libfcgi's next read or write fails, the request ends
 *	SIGTERM  close(standard input): the running request ends normally, accept() fails
 *
 * request->ipcFd and keepConnection are documented as internal to libfcgi. Setting them is the
 * only way to give it a connection; tests/faults/areas/streams.mjs guards this.
 */
#include "web/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"

#define CONNECTION_S 6 /* nginx has given up by then (fastcgi_read_timeout) */

extern char **environ;

struct fcgi {
	FCGX_Request request;
	bool is_cgi; /* one request, on standard input and output */
	bool is_answered;
};

/* Signal handlers have no argument. connection: the one that is served, -1 between two. */
static volatile sig_atomic_t connection = -1;
static volatile sig_atomic_t is_terminated;

static void on_terminate(int signal_number)
{
	int saved = errno;

	(void)signal_number;
	is_terminated = true;
	close(STDIN_FILENO);
	errno = saved;
}

static void on_alarm(int signal_number)
{
	int saved = errno;

	(void)signal_number;
	if (connection >= 0)
		shutdown(connection, SHUT_RDWR);
	errno = saved;
}

static int catch_signals(void)
{
	struct sigaction stop = {.sa_handler = on_terminate, .sa_flags = SA_RESTART};
	struct sigaction end = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (sigaction(SIGTERM, &stop, NULL) < 0 || sigaction(SIGALRM, &end, NULL) < 0 ||
	    sigaction(SIGPIPE, &ignore, NULL) < 0)
		return ERR_INTERNAL;
	return 0;
}

int fcgi_open(struct fcgi **ret_fcgi)
{
	struct fcgi *fcgi = calloc(1, sizeof(*fcgi));
	int r = 0;

	if (!fcgi)
		return ERR_NO_MEMORY;
	if (FCGX_Init() != 0)
		r = ERR_NO_MEMORY;
	fcgi->is_cgi = r == 0 && FCGX_IsCGI();
	if (r == 0 && !fcgi->is_cgi) {
		r = catch_signals();
		if (r == 0 && FCGX_InitRequest(&fcgi->request, -1, 0) != 0)
			r = ERR_NO_MEMORY;
	}
	if (r < 0) {
		free(fcgi);
		return r;
	}
	*ret_fcgi = fcgi;
	return 0;
}

void fcgi_close(struct fcgi *fcgi)
{
	free(fcgi);
}

int fcgi_accept(struct fcgi *fcgi, char *const **ret_env)
{
	if (fcgi->is_cgi) {
		if (fcgi->is_answered)
			return ERR_NOT_FOUND;
		*ret_env = environ;
		return 0;
	}
	for (;;) {
		int fd = accept(STDIN_FILENO, NULL, NULL);

		if (fd < 0 && (errno == ECONNABORTED || errno == EINTR))
			continue;
		if (fd < 0)
			return is_terminated ? ERR_NOT_FOUND : ERR_UNAVAILABLE;
		connection = fd;
		alarm(CONNECTION_S);
		fcgi->request.ipcFd = fd;
		fcgi->request.keepConnection = 1;
		if (FCGX_Accept_r(&fcgi->request) == 0) {
			*ret_env = fcgi->request.envp;
			return 0;
		}
		connection = -1;
	}
}

/* Read from standard input until `len` bytes or its end. */
static size_t read_all(char *to, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = read(STDIN_FILENO, to + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

size_t fcgi_read(struct fcgi *fcgi, char *to, size_t len)
{
	int n;

	if (fcgi->is_cgi)
		return read_all(to, len);
	n = FCGX_GetStr(to, (int)len, fcgi->request.in);
	return n < 0 ? 0 : (size_t)n;
}

void fcgi_drain(struct fcgi *fcgi)
{
	char bytes[4096] __attribute__((uninitialized));

	while (fcgi_read(fcgi, bytes, sizeof(bytes)) == sizeof(bytes))
		;
}

static void write_all(struct slice bytes)
{
	while (bytes.len) {
		ssize_t n = write(STDOUT_FILENO, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes = slice_from(bytes, (size_t)n);
	}
}

void fcgi_write(struct fcgi *fcgi, struct slice bytes)
{
	if (fcgi->is_cgi)
		write_all(bytes);
	else
		FCGX_PutStr(bytes.ptr, (int)bytes.len, fcgi->request.out);
}

void fcgi_finish(struct fcgi *fcgi)
{
	if (fcgi->is_cgi) {
		fcgi->is_answered = true;
		return;
	}
	/* One request per connection, whatever it asks for: a kept connection owns a worker. */
	fcgi->request.keepConnection = 0;
	fcgi_drain(fcgi);
	if (FCGX_GetError(fcgi->request.in) == 0)
		FCGX_Detach(&fcgi->request);
	FCGX_Finish_r(&fcgi->request);
	connection = -1;
	alarm(0);
}
