/*
 * person.h - a person as others see them.
 */
#ifndef PERSON_H
#define PERSON_H

#include "db/db.h"
#include "json/jsonout.h"

/* The columns of a person in the statements that show people. */
#define PERSON_COLUMNS 11

/*
 * Write a person as an object (docs/openapi.yaml, Profile).
 *
 * first:     the column of the person's uuid, which the other PERSON_COLUMNS - 1 follow.
 * signed_in: also what is between the caller and the person.
 */
void person_write(struct jsonout *out, const PGresult *result, int row, int first, bool signed_in);

#endif
