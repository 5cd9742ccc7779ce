-- Set display name $2 and bio $3 of user $1, who may do so $4 times in 24 hours (null: no limit).
-- Returns the columns of profile.sql, then how many more times.
update users
   set display_name = $2, bio = $3
 where uuid = $1
returning uuid, handle, display_name, email, bio,
       (extract(epoch from created_at) * 1000000)::bigint as created_at,
       (select count(*)
          from notifications
         where user_uuid = $1
           and read_at is null
           and expires_at > now()) as unread_notifications,
       quota_take($1, 'profile', 1, $4::int) as rest
-- example: :person, 'name', null, 20
