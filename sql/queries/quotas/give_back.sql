-- Give back one use of quota $2 that user $1 has taken for nothing, in the newest hour with a use.
update quota_uses
   set used = used - 1
 where user_uuid = $1::uuid
   and quota = $2::text
   and used > 0
   and hour = (select max(hour)
                 from quota_uses
                where user_uuid = $1::uuid
                  and quota = $2::text
                  and used > 0)
-- example: :person, 'new_people'
