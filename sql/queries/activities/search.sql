-- The best of the newest 200 cruds and replies that match the term $2, below position ($4, $5, $6),
-- at most $7, as user $1 sees them. Only cruds written until $3 are considered, so new cruds do not
-- shift later pages; the first page returns the bound. A later page may look among twice as many
-- cruds for matches, so that it finds those of the first page when PostgreSQL has counted words again.
-- Quotation marks of all kinds are quotes, since phones type those of their language.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       (select count(*) > 0 from bookmarks where user_uuid = $1 and activity_uuid = c.uuid) as bookmarked,
       page.rank::text,
       (extract(epoch from least($3::timestamptz, now())) * 1000000)::bigint
  from (select found.uuid, found.created_at, found.rank
          from search_query(translate($2, '“”„‟«»「」＂', repeat('"', 9))) as query
         cross join search_matches(query, least($3::timestamptz, now()),
                                   case $4::real when 'infinity' then 1 else 2 end) as found
         where ((select other_uuid from barriers where user_uuid = $1 order by other_uuid limit 1) is null
                or (select count(*) = 0
                      from barriers
                     where user_uuid = $1
                       and other_uuid = (select user_uuid from activities where uuid = found.uuid)
                       and closed))
           and (found.rank, found.created_at, found.uuid) < ($4::real, $5::timestamptz, $6::uuid)
         order by found.rank desc, found.created_at desc, found.uuid desc
         limit $7::int) as page
  join cruds c on c.uuid = page.uuid
 order by page.rank desc, page.created_at desc, page.uuid desc
-- example: :person, 'w1 #t5 @person_1', 'infinity', 'infinity', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21
