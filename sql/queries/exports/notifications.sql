-- For an export: the notifications of user $1 that are shown. $2, $3: see exports/cruds.sql.
select json_build_object('type', 'notification', 'uuid', n.uuid, 'kind', n.kind, 'handle', u.handle,
                         'display_name', u.display_name, 'activity_uuid', n.activity_uuid,
                         'created_at', api_time(n.created_at),
                         'read_at', api_time(n.read_at))::text as line,
       n.created_at as at, n.uuid
  from notifications n
  join users u on u.uuid = n.actor_uuid
 where n.user_uuid = $1
   and n.expires_at > now()
   and (select count(*) = 0 from barriers where user_uuid = $1 and other_uuid = n.actor_uuid)
   and (n.created_at, n.uuid) < ($2::timestamptz, $3::uuid)
 order by n.created_at desc, n.uuid desc
 limit 200
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
