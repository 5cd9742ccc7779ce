-- Check that PostgreSQL answers, has our schema, and would accept a write: a read-only server
-- refuses `for update` (25006), also of a row that does not exist.
select uuid
  from users
 where uuid = '00000000-0000-0000-0000-000000000000'
   for update
-- example:
