/*
 * loopback.c - preloaded into DynamoDB Local, which listens on all addresses of the machine and has
 * no option for another one: a socket that is bound to all addresses is bound to loopback instead.
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* bind(2), in place of the C library's. Java uses IPv6 sockets that also take IPv4 (RFC
 * 4291, 2.5.5.2). The C library's names of the parameters are reserved. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	static const struct in6_addr mapped = {{{[10] = 0xff, 0xff, 127, 0, 0, 1}}};
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET && length == sizeof(v4)) {
		memcpy(&v4, address, sizeof(v4));
		if (v4.sin_addr.s_addr == htonl(INADDR_ANY))
			v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return (int)syscall(SYS_bind, fd, &v4, sizeof(v4));
	}
	if (address->sa_family == AF_INET6 && length == sizeof(v6)) {
		memcpy(&v6, address, sizeof(v6));
		if (IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr))
			v6.sin6_addr = mapped;
		return (int)syscall(SYS_bind, fd, &v6, sizeof(v6));
	}
	return (int)syscall(SYS_bind, fd, address, length);
}
