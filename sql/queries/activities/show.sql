-- Crud $2, if its author has handle $3 (null: any author), with what it answers and the newest replies to
-- it below position ($4, $5), at most $6, as user $1 sees them: without those of people who block $1, or
-- whom $1 blocks. Of the 40 cruds above it, the nearest $7 that can be seen are what it answers. The last
-- column is the place: 0 for the crud, then from the first crud of the discussion down, and 100 for replies.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       (select count(*) > 0 from bookmarks where user_uuid = $1 and activity_uuid = c.uuid) as bookmarked,
       page.place
  from (select uuid, 'infinity'::timestamptz as created_at, 0 as place
          from cruds
         where uuid = $2::uuid
           and ($3::text is null or lower(handle) = lower($3))
           and (select count(*) = 0 from barriers
                 where user_uuid = $1 and other_uuid = cruds.user_uuid and closed)
         union all
        select uuid, created_at, 100 - distance
          from (with recursive above (uuid, distance) as (
			select reply_to_activity_uuid, 1
			  from activities
			 where uuid = $2
			   and reply_to_activity_uuid is not null
			 union all
			select a.reply_to_activity_uuid, above.distance + 1
			  from above
			  join activities a using (uuid)
			 where a.reply_to_activity_uuid is not null
			   and above.distance < 40
		)
		select a.uuid, a.created_at, above.distance
		  from above
		  join activities a using (uuid)
		 where a.expires_at > now()
		   and (select count(*) = 0 from barriers
		         where user_uuid = $1 and other_uuid = a.user_uuid and closed)
		 order by above.distance
		 limit $7::int) as ancestors
         union all
        select uuid, created_at, 100
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
 order by page.place, page.created_at desc, page.uuid desc
-- example: :person, :crud, null, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21, 20
