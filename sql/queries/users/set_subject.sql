-- Set Cognito subject $2 on the user with handle $1 (case-insensitive), unless one is set already or the
-- user is being erased.
update users
   set cognito_user_id = $2
 where lower(handle) = lower($1)
   and cognito_user_id is null
   and deleted_at is null
returning uuid
-- example: 'person_1', 'sub'
