-- For an export: cruds and replies of user $1, a line each, newest first, below the position $2, $3, which
-- is that of the last line before.
select json_build_object('type', case when is_reply then 'reply' else 'crud' end, 'uuid', uuid,
                         'message', message, 'reply_to_activity_uuid', reply_to_activity_uuid,
                         'replies_count', replies_count, 'reposts_count', reposts_count,
                         'likes_count', likes_count, 'created_at', api_time(created_at),
                         'expires_at', api_time(coalesce(held_until, expires_at)))::text as line,
       created_at as at, uuid
  from activities
 where user_uuid = $1
   and (created_at, uuid) < ($2::timestamptz, $3::uuid)
 order by created_at desc, uuid desc
 limit 200
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
