-- The user whose Cognito subject is $1, and since when they are suspended (null: they are not). A row
-- without a user: the account belonged to somebody who was deleted less than 30 days ago.
select uuid, suspended_at
  from users
 where cognito_user_id = $1
 union all
select null, null
  from erased_subjects
 where digest = sha256(convert_to($1::text, 'UTF8'))
   and erased_at > now() - interval '30 days'
-- example: 'bench-1'
