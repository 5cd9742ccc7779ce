-- Which of the users $1, an array of uuids, are or were erased, and whether both stores have nothing more
-- of them.
select user_uuid, step in ('account', 'done') as ended
  from erasures
 where user_uuid = any ($1::uuid[])
-- example: array[:person]::uuid[]
