-- For an export: the idempotency keys of user $1, of one day. $2, $3: see exports/cruds.sql.
select json_build_object('type', 'idempotency_key', 'key', key, 'activity_uuid', activity_uuid,
                         'created_at', api_time(created_at))::text as line,
       created_at as at, activity_uuid as uuid
  from idempotency_keys
 where user_uuid = $1
   and (created_at, activity_uuid) < ($2::timestamptz, $3::uuid)
 order by created_at desc, activity_uuid desc
 limit 200
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
