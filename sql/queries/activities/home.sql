-- The newest cruds below the place ($2, $3), as $1 sees them (null: nobody in particular); $4 at
-- most. The constant limit, of a whole page and one more, tells the planner how few will be asked
-- for; rows beyond $4 are never fetched. Whether $1 likes a crud is counted, here and elsewhere:
-- `exists` may be planned as a look at all that they ever liked.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted
  from (select uuid, created_at
          from activities
         where not is_reply
           and expires_at > now()
           and (created_at, uuid) < ($2::timestamptz, $3::uuid)
         order by created_at desc, uuid desc
         limit 101) as page
  join cruds c on c.uuid = page.uuid
 order by page.created_at desc, page.uuid desc
 limit $4::int
