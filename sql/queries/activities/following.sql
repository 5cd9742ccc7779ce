-- The newest $4 entries of the feed of user $1 below position ($2, $3): a crud of a followed person, or of
-- $1, at its own time; a crud of somebody else at the time of its earliest repost by a followed person.
-- Each row has the crud as $1 sees it, who reposted it, and its position. An entry that is not shown has
-- null in place of the crud: a crud of somebody who is followed, too, which is there at its own time; a
-- repost that is not the earliest; somebody who is hidden from $1. For that, either the reposts of the
-- crud are looked through or those of each followed person are looked up: the fewer of the two. A crud with
-- one repost has no earlier one. That $1 has no barrier at all, as most people, is asked once.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       (select count(*) > 0 from bookmarks where user_uuid = $1 and activity_uuid = c.uuid) as bookmarked,
       reposter.handle, reposter.display_name,
       coalesce(case when reposter_uuid is null then c.created_us end,
                (extract(epoch from feed.entry_at) * 1000000)::bigint) as entry_at, crud_uuid
  from feed_entries($1, $2::timestamptz, $3::uuid, $4::int) as feed
  left join users reposter on reposter.uuid = reposter_uuid
  left join cruds c
    on c.uuid = crud_uuid
   and ((select count(*) = 0 from (select from barriers where user_uuid = $1 order by other_uuid limit 1) as any_barrier)
        or (select count(*) = 0 from barriers
             where user_uuid = $1 and other_uuid in (c.user_uuid, reposter_uuid)))
   and case when reposter_uuid is not null then
	    reposter.suspended_at is null
	    and c.user_uuid <> $1
	    and (select count(*) = 0 from follows
	          where user_uuid = $1 and followed_uuid = c.user_uuid)
	    and case when c.reposts_count = 1 then true
	             when c.reposts_count <= (select following from follow_counts where user_uuid = $1) then
	             not exists (select
	                           from reposts r
	                          where r.activity_uuid = crud_uuid
	                            and (r.created_at, r.user_uuid) < (feed.entry_at, reposter_uuid)
	                            and (select count(*) > 0
	                                   from follows f
	                                   join users u on u.uuid = f.followed_uuid
	                                  where f.user_uuid = $1
	                                    and f.followed_uuid = r.user_uuid
	                                    and u.suspended_at is null))
	             else
	             not exists (select
	                           from follows f
	                          cross join lateral (select r.user_uuid
	                                                from reposts r
	                                               where r.activity_uuid = crud_uuid
	                                                 and r.user_uuid = f.followed_uuid
	                                                 and (r.created_at, r.user_uuid) < (feed.entry_at, reposter_uuid)
	                                              offset 0) as earlier
	                           join users u on u.uuid = earlier.user_uuid
	                          where f.user_uuid = $1
	                            and u.suspended_at is null)
	         end
       else true end
 order by feed.entry_at desc, crud_uuid desc
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21
