-- Delete at most $2 rows of what user $1 has written and done, whose erasure has begun; in the end the
-- user. Returns whether there is more.
values (erasure_delete($1::uuid, $2::int))
-- example: '00000000-0000-0000-0000-000000000000', 100
