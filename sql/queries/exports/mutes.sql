-- For an export: the people whom user $1 mutes. $2, $3: see exports/cruds.sql.
select json_build_object('type', 'mute', 'handle', u.handle, 'display_name', u.display_name,
                         'created_at', api_time(r.mutes_since))::text as line,
       r.mutes_since as at, r.other_uuid as uuid
  from barriers r
  join users u on u.uuid = r.other_uuid
 where r.user_uuid = $1
   and (r.mutes_since, r.other_uuid) < ($2::timestamptz, $3::uuid)
   and u.deleted_at is null
   and r.mutes_since is not null
 order by r.mutes_since desc, r.other_uuid desc
 limit 200
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
