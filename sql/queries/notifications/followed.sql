-- The notification of user $2 that user $1 follows them. The row has the columns of made.sql; those of the
-- crud are null.
select null as uuid, null as display_name, null as handle, null as message, null as replies_count,
       null as reposts_count, null as likes_count, null as reply_to_activity_uuid, null as expires_at,
       null as created_at, null as liked, null as reposted, null as bookmarked,
       made.uuid, made.kind, u.display_name, u.handle, made.read_at is not null as read,
       (extract(epoch from made.created_at) * 1000000)::bigint as created_at,
       made.user_uuid as receiver
  from notifications made
  join users u on u.uuid = made.actor_uuid
 where made.user_uuid = $2
   and made.actor_uuid = $1
   and made.kind = 'follow'
   and made.expires_at > now()
   and (select count(*) = 0 from barriers
         where user_uuid = $2 and other_uuid = $1)
-- example: :person, :person
