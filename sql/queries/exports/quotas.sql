-- For an export: what user $1 has used of the quotas, a line for each hour. $2, $3: see exports/cruds.sql.
select json_build_object('type', 'quota_use', 'uses', json_object_agg(quota, used),
                         'hour', api_time(hour))::text as line,
       hour as at, '00000000-0000-0000-0000-000000000000'::uuid as uuid
  from quota_uses
 where user_uuid = $1
   and hour < $2::timestamptz
   and $3::uuid is not null
 group by hour
 order by hour desc
 limit 200
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
