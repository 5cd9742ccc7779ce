-- For an export: user $1, one line. $2, $3: see exports/cruds.sql.
select json_build_object('type', 'person', 'uuid', uuid, 'handle', handle, 'display_name', display_name,
                         'bio', bio, 'email', email, 'messages_from', messages_from,
                         'read_receipts', read_receipts, 'notify_replies', notify_replies,
                         'notify_mentions', notify_mentions, 'notify_likes', notify_likes,
                         'notify_reposts', notify_reposts, 'notify_follows', notify_follows,
                         'account', cognito_user_id,
                         'created_at', api_time(created_at),
                         'suspended_at', api_time(suspended_at))::text as line,
       created_at as at, uuid
  from users
 where uuid = $1
   and (created_at, uuid) < ($2::timestamptz, $3::uuid)
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
