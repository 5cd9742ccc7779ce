-- From whom user $2 takes first messages, and whether $2 follows user $1.
select messages_from,
       (select count(*) > 0 from follows
         where user_uuid = $2 and followed_uuid = $1) as follows
  from users
 where uuid = $2
-- example: :person, '00000000-0000-4000-8000-000000000002'
