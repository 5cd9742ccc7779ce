-- The notifications of kinds $3 that user $2 has caused with crud $1, at most 10, which is how many
-- people one crud notifies. Each row has the columns of list.sql, as the receiver sees them, then the
-- receiver.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes
         where activity_uuid = c.uuid and user_uuid = made.user_uuid) as liked,
       (select count(*) > 0 from reposts
         where activity_uuid = c.uuid and user_uuid = made.user_uuid) as reposted,
       (select count(*) > 0 from bookmarks
         where user_uuid = made.user_uuid and activity_uuid = c.uuid) as bookmarked,
       made.uuid, made.kind, u.display_name, u.handle, made.read_at is not null as read,
       (extract(epoch from made.created_at) * 1000000)::bigint as created_at,
       made.user_uuid as receiver
  from notifications made
  join users u on u.uuid = made.actor_uuid
  join cruds c on c.uuid = made.activity_uuid
 where made.activity_uuid = $1
   and made.actor_uuid = $2
   and made.kind = any ($3::text[])
   and made.expires_at > now()
   and (select count(*) = 0 from barriers
         where user_uuid = made.user_uuid and other_uuid = $2)
 limit 10
-- example: :crud, :person, '{reply,mention}'
