-- The newest cruds of people who are not hidden from user $1, below position ($2, $3), at most $4, as user $1 sees them (null: anonymous). The
-- constant limit, one full page and one row, tells the planner how few rows are needed; rows beyond
-- $4 are never fetched. Likes are tested with count(*), here and elsewhere, because `exists` may be
-- planned as a scan of everything that $1 ever liked.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       (select count(*) > 0 from bookmarks where user_uuid = $1 and activity_uuid = c.uuid) as bookmarked
  from (select uuid, created_at
          from activities
         where not is_reply
           and expires_at > now()
           and (select count(*) = 0 from barriers
                 where user_uuid = $1 and other_uuid = activities.user_uuid)
           and (created_at, uuid) < ($2::timestamptz, $3::uuid)
         order by created_at desc, uuid desc
         limit 101) as page
  join cruds c on c.uuid = page.uuid
 order by page.created_at desc, page.uuid desc
 limit $4::int
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21
