-- The user whose Cognito subject is $1.
select uuid
  from users
 where cognito_user_id = $1
-- example: 'bench-1'
