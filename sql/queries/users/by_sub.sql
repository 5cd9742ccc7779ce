-- The user whose Cognito subject is $1, and since when they are suspended (null: they are not).
select uuid, suspended_at
  from users
 where cognito_user_id = $1
-- example: 'bench-1'
