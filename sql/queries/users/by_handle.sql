-- The user with handle $1 (case-insensitive).
select uuid, handle, display_name
  from users
 where lower(handle) = lower($1)
-- example: 'person_1'
