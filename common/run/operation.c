/* operation.c - see operation.h. */
#include "run/operation.h"

static const struct {
	enum dependency dependency;
	const char *name;
} operations[OPERATION_COUNT] = {
#define OPERATION_(dependency, symbol, name) {dependency, name},
	OPERATIONS(OPERATION_)
#undef OPERATION_
};

enum dependency operation_dependency(enum operation operation)
{
	return operations[operation].dependency;
}

const char *operation_name(enum operation operation)
{
	return operations[operation].name;
}
