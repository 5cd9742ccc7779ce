/*
 * handle.h - the form of a person's handle.
 */
#ifndef HANDLE_H
#define HANDLE_H

#include <stdbool.h>

#include "base/slice.h"

/* Whether `text` is a handle: LIMIT_HANDLE_MIN to LIMIT_HANDLE_MAX characters of [A-Za-z0-9_]. */
bool handle_valid(struct slice text);

#endif
