-- Begin the erasure of user $1. Returns the user; null when there is no such user.
values (erasure_begin($1::uuid))
-- example: '00000000-0000-0000-0000-000000000000'
