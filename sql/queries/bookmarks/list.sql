-- The cruds that user $1 has bookmarked, the latest bookmark first, below position ($2, $3), at most $4,
-- without those of people who block $1, or whom $1 blocks. Each row has the crud as $1 sees it, then the
-- time of the bookmark.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       true as bookmarked,
       (extract(epoch from page.created_at) * 1000000)::bigint as bookmarked_at
  from (select b.activity_uuid, b.created_at
          from bookmarks b
          join activities a on a.uuid = b.activity_uuid
         where b.user_uuid = $1
           and (b.created_at, b.activity_uuid) < ($2::timestamptz, $3::uuid)
           and a.expires_at > now()
           and (select count(*) = 0 from barriers
                 where user_uuid = $1 and other_uuid = a.user_uuid and closed)
         order by b.created_at desc, b.activity_uuid desc
         limit 101) as page
  join cruds c on c.uuid = page.activity_uuid
 order by page.created_at desc, page.activity_uuid desc
 limit $4::int
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21
