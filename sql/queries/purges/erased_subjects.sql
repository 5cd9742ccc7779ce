-- Delete at most $1 digests of accounts whose tokens have all ended.
delete from erased_subjects
 where digest = any (array(select digest
                             from erased_subjects
                            where erased_at <= now() - interval '30 days'
                            order by erased_at
                            limit $1::int
                              for update skip locked))
-- example: 100
