/*
 * operation.h - what dependencies are called with: the dimension "operation" of the metrics.
 *
 * SQL statements and the operations of DynamoDB are listed from the names of their files
 * (operations.h, made by operations.awk), Cognito's here.
 */
#ifndef OPERATION_H
#define OPERATION_H

#include "operations.h"
#include "run/dependency.h"

/* X(dependency, symbol, name). "other" counts operations that only operators' commands use. */
#define OPERATIONS(X)                                                                              \
	OPERATIONS_DB(X)                                                                           \
	OPERATIONS_DYNAMODB(X)                                                                     \
	X(DEP_DYNAMODB, DYNAMODB_OTHER, "other")                                                   \
	X(DEP_COGNITO, GET_USER, "GetUser")                                                        \
	X(DEP_COGNITO, JWKS, "JWKS")                                                               \
	X(DEP_COGNITO, COGNITO_OTHER, "other")

enum operation {
#define OPERATION_(dependency, symbol, name) OPERATION_##symbol,
	OPERATIONS(OPERATION_)
#undef OPERATION_
		OPERATION_COUNT,
};

/* The dependency that an operation belongs to, and its name, static; operation < OPERATION_COUNT.
 */
enum dependency operation_dependency(enum operation operation);
const char *operation_name(enum operation operation);

#endif
