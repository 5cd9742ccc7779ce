-- Whether user $1 blocks user $2.
select count(*) > 0 as blocking
  from barriers
 where user_uuid = $1
   and other_uuid = $2
   and blocks_since is not null
-- example: :person, '00000000-0000-4000-8000-000000000002'
