-- The person with handle $2 (case-insensitive) and the number of their cruds, with the newest of what
-- they have written or reposted below position ($3, $4), at most $5, as user $1 sees them, and what is
-- between them. $6: 'cruds', 'replies', or 'reposts', which are ordered by the time of the repost. There is
-- no crud when one of $1 and the author, or the person, blocks the other. A suspended person has no row.
-- Without cruds there is one row with null crud columns. `limit 1` makes PostgreSQL count once.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       (select count(*) > 0 from bookmarks where user_uuid = $1 and activity_uuid = c.uuid) as bookmarked,
       who.uuid, who.handle, who.display_name, who.bio, who.cruds_count, who.followers_count,
       who.following_count, r.following, r.followed_by, r.blocking, r.muting,
       (extract(epoch from page.created_at) * 1000000)::bigint as entry_at
  from (select p.*,
               (select count(*) > 0 from barriers
                 where user_uuid = $1 and other_uuid = p.uuid and closed) as closed
          from people p
         where lower(handle) = lower($2)
         limit 1) as who
 cross join lateral relation_of($1, who.uuid) as r
  left join lateral (select uuid, created_at
                       from ((select uuid, created_at
                                from activities
                               where user_uuid = who.uuid
                                 and $6::text = 'cruds'
                                 and not who.closed
                                 and not is_reply
                                 and expires_at > now()
                                 and (created_at, uuid) < ($3::timestamptz, $4::uuid)
                               order by created_at desc, uuid desc
                               limit 101)
                              union all
                             (select uuid, created_at
                                from activities
                               where user_uuid = who.uuid
                                 and $6 = 'replies'
                                 and not who.closed
                                 and is_reply
                                 and expires_at > now()
                                 and (created_at, uuid) < ($3, $4)
                               order by created_at desc, uuid desc
                               limit 101)
                              union all
                             (select r.activity_uuid, r.created_at
                                from reposts r
                                join activities a on a.uuid = r.activity_uuid
                               where r.user_uuid = who.uuid
                                 and $6 = 'reposts'
                                 and not who.closed
                                 and a.expires_at > now()
                                 and (select count(*) = 0 from barriers
                                       where user_uuid = $1 and other_uuid = a.user_uuid and closed)
                                 and (r.created_at, r.activity_uuid) < ($3, $4)
                               order by r.created_at desc, r.activity_uuid desc
                               limit 101)) as newest
                      order by created_at desc, uuid desc
                      limit $5::int) as page on true
  left join cruds c on c.uuid = page.uuid
 order by page.created_at desc, page.uuid desc
-- example: :person, 'person_1', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21, 'cruds'
