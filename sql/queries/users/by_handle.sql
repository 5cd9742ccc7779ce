-- The user with handle $1, whatever its case.
select uuid, handle, display_name
  from users
 where lower(handle) = lower($1)
