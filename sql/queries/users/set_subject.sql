-- The user with handle $1, whatever its case, has Cognito subject $2, unless they have one already.
update users
   set cognito_user_id = $2
 where lower(handle) = lower($1)
   and cognito_user_id is null
returning uuid
