-- For an export: the people who follow user $1, as everybody sees them. $2, $3: see exports/cruds.sql.
select json_build_object('type', 'follower', 'handle', u.handle, 'display_name', u.display_name,
                         'created_at', api_time(r.created_at))::text as line,
       r.created_at as at, r.user_uuid as uuid
  from follows r
  join users u on u.uuid = r.user_uuid
 where r.followed_uuid = $1
   and (r.created_at, r.user_uuid) < ($2::timestamptz, $3::uuid)
   and u.deleted_at is null
   and u.suspended_at is null
 order by r.created_at desc, r.user_uuid desc
 limit 200
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
