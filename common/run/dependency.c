/* dependency.c - see dependency.h. */
#include "run/dependency.h"

const char *const dependency_names[DEP_COUNT] = {
	[DEP_DB] = "postgresql",
	[DEP_DYNAMODB] = "dynamodb",
	[DEP_COGNITO] = "cognito",
};
