-- The newest notifications of user $1 below position ($2, $3), at most $4, of people who are not hidden
-- from $1. $5: 'notifications', which are all, or 'mentions', which are those of texts: replies and mentions. Each row has the crud as $1 sees it (nulls for a follow), then the event and the person who
-- caused it.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       (select count(*) > 0 from bookmarks where user_uuid = $1 and activity_uuid = c.uuid) as bookmarked,
       page.uuid, page.kind, u.display_name, u.handle, page.read_at is not null as read,
       (extract(epoch from page.created_at) * 1000000)::bigint as created_at
  from ((select uuid, kind, actor_uuid, activity_uuid, created_at, read_at
           from notifications
          where user_uuid = $1
            and $5::text = 'notifications'
            and expires_at > now()
            and (select count(*) = 0 from barriers
                  where user_uuid = $1 and other_uuid = notifications.actor_uuid)
            and (created_at, uuid) < ($2::timestamptz, $3::uuid)
          order by created_at desc, uuid desc
          limit 101)
         union all
        (select uuid, kind, actor_uuid, activity_uuid, created_at, read_at
           from notifications
          where user_uuid = $1
            and $5 = 'mentions'
            and kind in ('reply', 'mention')
            and expires_at > now()
            and (select count(*) = 0 from barriers
                  where user_uuid = $1 and other_uuid = notifications.actor_uuid)
            and (created_at, uuid) < ($2, $3)
          order by created_at desc, uuid desc
          limit 101)) as page
  join users u on u.uuid = page.actor_uuid
  left join cruds c on c.uuid = page.activity_uuid
 where page.activity_uuid is null or c.uuid is not null
 order by page.created_at desc, page.uuid desc
 limit $4::int
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21, 'mentions'
