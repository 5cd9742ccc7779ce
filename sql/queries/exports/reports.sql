-- For an export: the reports by user $1, without what moderators did. $2, $3: see exports/cruds.sql.
select json_build_object('type', 'report', 'reported', thing, 'reason', reason, 'note', note,
                         'created_at', api_time(created_at))::text as line,
       created_at as at, uuid
  from reports
 where reporter_uuid = $1
   and (created_at, uuid) < ($2::timestamptz, $3::uuid)
 order by created_at desc, uuid desc
 limit 200
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'
