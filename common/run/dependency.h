/*
 * dependency.h - the services that a program may depend on.
 */
#ifndef DEPENDENCY_H
#define DEPENDENCY_H

enum dependency { DEP_DB, DEP_DYNAMODB, DEP_COGNITO, DEP_COUNT };

/* The set of services that a program needs, as bits. Only these must be configured for it. */
#define NEEDS_DB       (1u << DEP_DB)
#define NEEDS_DYNAMODB (1u << DEP_DYNAMODB)
#define NEEDS_COGNITO  (1u << DEP_COGNITO)

/* Their names in logs, metrics and /api/ready; static strings. */
extern const char *const dependency_names[DEP_COUNT];

#endif
