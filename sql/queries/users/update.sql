-- Set display name $2 and bio $3 of user $1. Returns the columns of profile.sql.
update users
   set display_name = $2, bio = $3
 where uuid = $1
returning uuid, handle, display_name, email, bio,
       (extract(epoch from created_at) * 1000000)::bigint as created_at,
       (select count(*)
          from notifications
         where user_uuid = $1
           and read_at is null
           and expires_at > now()) as unread_notifications
-- example: :person, 'name', null
