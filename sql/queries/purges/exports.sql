-- Delete at most $1 exports that are a day old.
delete from exports
 where user_uuid = any (array(select user_uuid
                                from exports
                               where ready_at <= now() - interval '24 hours'
                               order by ready_at
                               limit $1::int
                                 for update skip locked))
-- example: 100
