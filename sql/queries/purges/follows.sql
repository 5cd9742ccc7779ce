-- Delete at most $1 notifications of follows that have ended; one is remembered for a day.
delete from notifications
 where ctid = any (array(select ctid
                           from notifications
                          where kind = 'follow'
                            and created_at <= now() - interval '24 hours'
                            and expires_at <= now()
                            and (held_until <= now() or held_until is null)
                          order by created_at
                          limit $1::int
                            for update skip locked))
-- example: 100
