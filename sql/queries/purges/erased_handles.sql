-- Delete at most $1 digests of handles that can be taken again.
delete from erased_handles
 where digest = any (array(select digest
                             from erased_handles
                            where erased_at <= now() - interval '90 days'
                            order by erased_at
                            limit $1::int
                              for update skip locked))
-- example: 100
