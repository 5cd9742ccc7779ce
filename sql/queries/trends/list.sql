-- The 20 tags that most people use, as user $1 (null: anonymous) sees them: without the people who block $1,
-- or whom $1 blocks. At least 3 people remain.
select tag, greatest(cruds_count - coalesce(hidden.cruds, 0), 0) as cruds_count,
       people_count - coalesce(hidden.people, 0) as people_count
  from trends
  left join (select t.tag, count(*) as cruds, count(distinct t.user_uuid) as people
               from (select other_uuid
                       from barriers
                      where user_uuid = $1
                        and closed
                      limit 1000) as others
               join crud_tags t on t.user_uuid = others.other_uuid
               join activities a on a.uuid = t.activity_uuid
              where a.expires_at > now()
              group by t.tag) as hidden using (tag)
 where people_count - coalesce(hidden.people, 0) >= 3
 order by people_count desc, cruds_count desc, tag
 limit 20
-- example: :person
