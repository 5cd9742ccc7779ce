-- Delete at most $1 uses of quotas that no longer count.
delete from quota_uses
 where ctid = any (array(select ctid
                           from quota_uses
                          where hour <= now() - interval '25 hours'
                          order by hour
                          limit $1::int
                            for update skip locked))
-- example: 100
