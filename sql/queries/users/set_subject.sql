-- Set Cognito subject $2 on the user with handle $1 (case-insensitive), unless one is set already.
update users
   set cognito_user_id = $2
 where lower(handle) = lower($1)
   and cognito_user_id is null
returning uuid
-- example: 'person_1', 'sub'
