-- The result of key $2 of user $1 from the last 24 hours, in its state at creation: a crud with
-- message $3, or a reply to $4 (null: a crud). The last column is the digest of the request.
select k.activity_uuid as uuid, u.display_name, u.handle, $3::text as message,
       0 as replies_count, 0 as reposts_count, 0 as likes_count,
       $4::uuid as reply_to_activity_uuid,
       (extract(epoch from k.expires_at) * 1000000)::bigint as expires_at,
       (extract(epoch from k.created_at) * 1000000)::bigint as created_at,
       false as liked, false as reposted, false as bookmarked,
       k.request
  from idempotency_keys k
  join users u on u.uuid = k.user_uuid
 where k.user_uuid = $1
   and k.key = $2
   and k.created_at > now() - interval '24 hours'
-- example: :person, 'key', 'hello', :crud
