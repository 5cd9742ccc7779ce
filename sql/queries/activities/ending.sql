-- The cruds that end in the next 3 hours, the next one first, above position ($2, $3), at most $4, as
-- user $1 sees them (null: anonymous). Replies end with their cruds and are left out.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       (select count(*) > 0 from bookmarks where user_uuid = $1 and activity_uuid = c.uuid) as bookmarked
  from (select uuid, expires_at
          from activities
         where not is_reply
           and expires_at > now()
           and expires_at <= now() + interval '3 hours'
           and (select count(*) = 0 from barriers
                 where user_uuid = $1 and other_uuid = activities.user_uuid)
           and (expires_at, uuid) > ($2::timestamptz, $3::uuid)
         order by expires_at, uuid
         limit 101) as page
  join cruds c on c.uuid = page.uuid
 order by page.expires_at, page.uuid
 limit $4::int
-- example: :person, '-infinity', '00000000-0000-0000-0000-000000000000', 21
