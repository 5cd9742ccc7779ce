-- Crud $2, if its author has handle $3 (null: any author), followed by the newest replies to it
-- below position ($4, $5), at most $6, as user $1 sees them: without those of people who block $1, or
-- whom $1 blocks.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted
  from (select uuid, 'infinity'::timestamptz as created_at
          from cruds
         where uuid = $2::uuid
           and ($3::text is null or lower(handle) = lower($3))
           and (select count(*) = 0 from barriers
                 where user_uuid = $1 and other_uuid = cruds.user_uuid and closed)
         union all
        select uuid, created_at
          from (select uuid, created_at
                  from (select uuid, created_at
                          from activities
                         where reply_to_activity_uuid = $2
                           and expires_at > now()
                           and (select count(*) = 0 from barriers
                                 where user_uuid = $1 and other_uuid = activities.user_uuid and closed)
                           and (created_at, uuid) < ($4::timestamptz, $5::uuid)
                         order by created_at desc, uuid desc
                         limit 101) as newest
                 order by created_at desc, uuid desc
                 limit $6::int) as replies) as page
  join cruds c on c.uuid = page.uuid
 order by page.created_at desc, page.uuid desc
-- example: :person, :crud, null, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21
