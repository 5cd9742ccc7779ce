/* manager.c - starting and stopping workers, through supervisor or systemd; see pools.h. */
#include "pools.h"

#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

#define REQUEST_MAX 32768
#define TIMEOUT_S   5

extern char **environ;

/* --- supervisor: one XML-RPC request over HTTP/1.0 ------------------------------------------- */

static int connect_to(const struct sockaddr_un *address)
{
	struct timeval timeout = {.tv_sec = TIMEOUT_S};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return ERR_UNAVAILABLE;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0) {
		close(fd);
		return ERR_UNAVAILABLE;
	}
	return fd;
}

static bool send_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* Whether all calls succeeded, or only found what they wanted already done. */
static bool succeeded(const char *reply)
{
	if (strncmp(reply, "HTTP/1.0 200", 12) != 0 && strncmp(reply, "HTTP/1.1 200", 12) != 0)
		return false;
	for (const char *at = reply; (at = strstr(at, "<name>faultString</name>")); at++) {
		const char *text = strstr(at, "<string>");

		if (!text || (strncmp(text, "<string>ALREADY_STARTED", 23) != 0 &&
			      strncmp(text, "<string>NOT_RUNNING", 19) != 0))
			return false;
	}
	return true;
}

static int exchange(const struct sockaddr_un *address, const struct buf *request)
{
	char reply[REQUEST_MAX] __attribute__((uninitialized));
	size_t len = 0;
	int fd = connect_to(address);
	int r = ERR_UNAVAILABLE;

	if (fd < 0)
		return fd;
	if (!request->failed && send_all(fd, request->data, request->len)) {
		ssize_t n;

		while (len < sizeof(reply) - 1 &&
		       (n = recv(fd, reply + len, sizeof(reply) - 1 - len, 0)) > 0)
			len += (size_t)n;
		reply[len] = '\0';
		if (succeeded(reply))
			r = 0;
	}
	close(fd);
	return r;
}

static int call_supervisor(const struct sockaddr_un *address, const struct buf *body)
{
	buf_auto request = BUF_INIT(REQUEST_MAX);

	buf_printf(&request,
		   "POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: %zu\r\n\r\n",
		   body->len);
	if (body->failed)
		return ERR_UNAVAILABLE;
	buf_append(&request, body->data, body->len);
	return exchange(address, &request);
}

/* verb: startProcess or stopProcess; false: it does not wait for them. */
static int ask_supervisor(const struct sockaddr_un *address, const char *verb, const char *pool,
			  int first, int last)
{
	buf_auto body = BUF_INIT(REQUEST_MAX);

	buf_puts(&body, "<?xml version='1.0'?><methodCall><methodName>system.multicall</methodName>"
			"<params><param><value><array><data>");
	for (int slot = first; slot <= last; slot++)
		buf_printf(&body,
			   "<value><struct><member><name>methodName</name><value><string>"
			   "supervisor.%s</string></value></member><member><name>params</name>"
			   "<value><array><data><value><string>%s:%02d</string></value>"
			   "<value><boolean>0</boolean></value></data></array></value></member>"
			   "</struct></value>",
			   verb, pool, slot);
	buf_puts(&body, "</data></array></value></param></params></methodCall>");
	return call_supervisor(address, &body);
}

/* --- systemd -----------------------------------------------------------------------------------
 */

static int ask_systemd(const char *verb, const char *pool, int first, int last)
{
	static const char systemctl[] = "systemctl", no_block[] = "--no-block";
	char units[SLOTS_MAX + 1][METRICS_PROGRAM_MAX + 32];
	char *args[SLOTS_MAX + 5];
	size_t count = 0;
	int status;
	pid_t pid;

	args[count++] = (char *)systemctl;
	args[count++] = (char *)verb;
	args[count++] = (char *)no_block;
	for (int i = first; i <= last && i - first <= SLOTS_MAX; i++) {
		snprintf(units[i - first], sizeof(units[0]), "cruddur-%s@%d.service", pool, i);
		args[count++] = units[i - first];
	}
	args[count] = NULL;
	if (posix_spawnp(&pid, systemctl, NULL, NULL, args, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return ERR_UNAVAILABLE;
	return 0;
}

/* -----------------------------------------------------------------------------------------------
 */

static int change(const struct home *home, bool start, const char *pool, int first, int last)
{
	struct sockaddr_un address;

	if (socket_address(home, "supervisor.sock", &address) == 0 &&
	    access(address.sun_path, F_OK) == 0)
		return ask_supervisor(&address, start ? "startProcess" : "stopProcess", pool, first,
				      last);
	return ask_systemd(start ? "start" : "stop", pool, first, last);
}

int workers_start(const struct home *home, const char *pool, int first, int last)
{
	return change(home, true, pool, first, last);
}

int workers_stop(const struct home *home, const char *pool, int first, int last)
{
	return change(home, false, pool, first, last);
}

int nginx_reload(const struct home *home)
{
	static const char call[] =
		"<?xml version='1.0'?><methodCall><methodName>supervisor.signalProcess</methodName>"
		"<params><param><value><string>nginx</string></value></param>"
		"<param><value><string>HUP</string></value></param></params></methodCall>";
	buf_auto body = BUF_INIT(REQUEST_MAX);
	struct sockaddr_un address;

	if (socket_address(home, "supervisor.sock", &address) < 0)
		return ERR_UNAVAILABLE;
	buf_puts(&body, call);
	return call_supervisor(&address, &body);
}
