-- The user with handle $1, whatever its case, if no Cognito subject is known of them.
select uuid
  from users
 where lower(handle) = lower($1)
   and cognito_user_id is null
