-- The user with handle $1 (case-insensitive), unless suspended.
select uuid, handle, display_name
  from users
 where lower(handle) = lower($1)
   and suspended_at is null
-- example: 'person_1'
