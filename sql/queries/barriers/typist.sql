-- The handle of user $1, who is writing, for user $2. No row is returned when one of them blocks the other.
select handle
  from users
 where uuid = $1
   and (select count(*) = 0
          from barriers
         where user_uuid = $1
           and other_uuid = $2
           and closed)
-- example: :person, '00000000-0000-4000-8000-000000000002'
