-- Delete at most $1 idempotency keys that are older than a day.
delete from idempotency_keys
 where ctid = any (array(select ctid
                           from idempotency_keys
                          where created_at <= now() - interval '24 hours'
                          order by created_at
                          limit $1::int
                            for update skip locked))
-- example: 100
