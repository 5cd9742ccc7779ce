-- Check that PostgreSQL answers and has our schema.
select count(*)
  from (select 1 from users limit 1) as one
-- example:
