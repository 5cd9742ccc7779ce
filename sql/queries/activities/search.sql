-- The best of the newest 1,000 cruds and replies that match $2, below position ($4, $5, $6), at
-- most $7, as user $1 sees them. Only cruds written until $3 are considered, so new cruds do not
-- shift later pages; the first page returns the bound. If $8, many match: of the newest 20,000 cruds
-- those are found that match; otherwise all matches are looked up in the index. So no query reads
-- more, however many lexemes it has that many cruds share and however few cruds match all of them.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       page.rank::text,
       (extract(epoch from least($3::timestamptz, now())) * 1000000)::bigint
  from (select uuid, created_at, rank
          from (select uuid, created_at, ts_rank(search, $2::tsquery) as rank
                  from ((select uuid, created_at, search
                           from (select uuid, created_at, expires_at, search
                                   from activities
                                  where $8::boolean and created_at <= $3::timestamptz
                                  order by created_at desc, uuid desc
                                  limit 20000) as recent
                          where expires_at > now()
                            and search @@ $2::tsquery
                          order by created_at desc, uuid desc
                          limit 1000)
                         union all
                        (select uuid, created_at, search
                           from (select uuid, created_at, search
                                   from activities
                                  where not $8::boolean
                                    and search @@ $2::tsquery
                                    and expires_at > now()
                                    and created_at <= $3::timestamptz
                                 offset 0) as found -- or the limit would choose a walk through all
                          order by created_at desc, uuid desc
                          limit 1000)) as newest) as ranked
         where (rank, created_at, uuid) < ($4::real, $5::timestamptz, $6::uuid)
         order by rank desc, created_at desc, uuid desc
         limit $7::int) as page
  join cruds c on c.uuid = page.uuid
 order by page.rank desc, page.created_at desc, page.uuid desc
-- example: :person, 'w1', 'infinity', 'infinity', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21, true
