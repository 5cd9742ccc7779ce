/*
 * endpoint.h - the addresses of AWS's services.
 *
 * AWS: "Service-specific endpoints", SDKs and Tools reference; the suffixes of the partitions are
 * in bin/partitions.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <stddef.h>

#include "base/note.h"

/* The suffix of the endpoints of `region`: "amazonaws.com.cn" for cn-north-1. A static string. */
const char *endpoint_suffix(const char *region);

/*
 * Write the URL of an AWS service: the value of variable `name`, else of AWS_ENDPOINT_URL, else
 * https://SERVICE.REGION.SUFFIX. Slashes at its end are left out.
 *
 * region:  NULL when it is not known; without one of the variables `to` stays as it is then.
 * to:      `size` bytes; undefined after a problem.
 * problem: gets the first problem: the name of the variable, and what is wrong with its value.
 */
void endpoint_load(const char *name, const char *service, const char *region, char *to, size_t size,
		   struct note *problem);

/*
 * Format a URL, without slashes at its end, to `to`; the rest as above.
 *
 * name: the variable that it comes from.
 */
void endpoint_format(const char *name, char *to, size_t size, struct note *problem,
		     const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
