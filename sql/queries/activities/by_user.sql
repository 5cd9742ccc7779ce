-- The person with handle $2 (case-insensitive) and the number of their cruds, with the newest of
-- those cruds below position ($3, $4), at most $5, as user $1 sees them, and what is between them: no
-- crud when one blocks the other. Replies are left out; a suspended person has no row.
-- Without cruds there is one row with null crud columns. `limit 1` makes PostgreSQL count once.
select c.uuid, c.display_name, c.handle, c.message, c.replies_count, c.reposts_count, c.likes_count,
       c.reply_to_activity_uuid, c.expires_us as expires_at, c.created_us as created_at,
       (select count(*) > 0 from likes where activity_uuid = c.uuid and user_uuid = $1) as liked,
       (select count(*) > 0 from reposts where activity_uuid = c.uuid and user_uuid = $1) as reposted,
       who.uuid, who.handle, who.display_name, who.bio, who.cruds_count,
       coalesce(counts.followers, 0) as followers_count,
       coalesce(counts.following, 0) as following_count,
       (select count(*) > 0 from follows
         where user_uuid = $1 and followed_uuid = who.uuid) as following,
       (select count(*) > 0 from follows
         where user_uuid = who.uuid and followed_uuid = $1) as followed_by,
       (select count(*) > 0 from barriers
         where user_uuid = $1 and other_uuid = who.uuid and blocks_since is not null) as blocking,
       (select count(*) > 0 from barriers
         where user_uuid = $1 and other_uuid = who.uuid and mutes_since is not null) as muting
  from (select uuid, handle, display_name, bio,
               (select count(*)
                  from activities
                 where user_uuid = users.uuid
                   and not is_reply
                   and expires_at > now()) as cruds_count,
               (select count(*) > 0 from barriers
                 where user_uuid = $1 and other_uuid = users.uuid and closed) as closed
          from users
         where lower(handle) = lower($2)
           and suspended_at is null
         limit 1) as who
  left join lateral (select uuid, created_at
                       from (select uuid, created_at
                               from activities
                              where user_uuid = who.uuid
                                and not who.closed
                                and not is_reply
                                and expires_at > now()
                                and (created_at, uuid) < ($3::timestamptz, $4::uuid)
                              order by created_at desc, uuid desc
                              limit 101) as newest
                      order by created_at desc, uuid desc
                      limit $5::int) as page on true
  left join cruds c on c.uuid = page.uuid
  left join follow_counts counts on counts.user_uuid = who.uuid
 order by page.created_at desc, page.uuid desc
-- example: :person, 'person_1', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21
