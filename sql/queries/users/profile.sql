-- The account of user $1 as its owner sees it. created_at is in microseconds since 1970.
select uuid, handle, display_name, email, bio,
       (extract(epoch from created_at) * 1000000)::bigint as created_at,
       (select count(*)
          from notifications
         where user_uuid = $1
           and read_at is null
           and expires_at > now()
           and (select count(*) = 0 from barriers
                 where user_uuid = $1 and other_uuid = notifications.actor_uuid)) as unread_notifications
  from users
 where uuid = $1
-- example: :person
