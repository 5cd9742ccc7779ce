-- Delete at most $1 records of withdrawn notifications that are older than a day.
delete from notifications_withdrawn
 where ctid = any (array(select ctid
                           from notifications_withdrawn
                          where created_at <= now() - interval '24 hours'
                          order by created_at
                          limit $1::int
                            for update skip locked))
-- example: 100
