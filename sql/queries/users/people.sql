-- The users $1, an array of uuids, as others see them. Begins with the columns of names.sql.
select uuid, handle, display_name, bio
  from users
 where uuid = any ($1::uuid[])
-- example: array[:person]::uuid[]
