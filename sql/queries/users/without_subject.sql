-- The user with handle $1 (case-insensitive), if no Cognito subject is set.
select uuid
  from users
 where lower(handle) = lower($1)
   and cognito_user_id is null
   and deleted_at is null
-- example: 'person_1'
