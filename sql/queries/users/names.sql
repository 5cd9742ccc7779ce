-- The current names of the users $1, an array of uuids.
select uuid, handle, display_name
  from users
 where uuid = any ($1::uuid[])
-- example: array[:person]::uuid[]
