-- User $1 reports thing $2 of kind $3, which user $4 is or wrote: crud $5, or conversation $6, or message
-- $7 in it; for reason $8 with note $9. The copy of a crud is made here, copies of messages are $10, JSON.
-- If key $11 (request digest: $12) has made something in the last 24 hours, nothing happens; if $1 has
-- reported the thing, only the key is kept, and $4 may be null. $1 may report $13 things in 24 hours (null:
-- no limit). Returns how many of the two people there are (a suspended $1 counts as none), whether there is
-- something to report, whether it was reported now, and how many more times $1 may.
with people as (
	select uuid
	  from users
	 where uuid in ($1::uuid, $4::uuid)
	   and (uuid <> $1 or suspended_at is null)
	 order by uuid
	   for key share
), crud as (
	select uuid, user_uuid, message, created_at
	  from activities
	 where uuid = $5::uuid
	   and expires_at > now()
), earlier as (
	select count(*) as number
	  from reports
	 where reporter_uuid = $1
	   and thing = $2::text
), draft as (
	select gen_random_uuid() as uuid, number
	  from earlier
	 where (select count(*) from people where uuid = $1) = 1
	   and (number > 0 or (select count(*) from people) = 2 and ($5 is null or (select count(*) from crud) > 0))
), claimed as (
	insert into idempotency_keys (user_uuid, key, request, activity_uuid, expires_at, created_at)
	select $1, $11::text, $12::text, uuid, now(), now()
	  from draft
	 where $11 is not null
	    on conflict (user_uuid, key) do update
	   set request = excluded.request, activity_uuid = excluded.activity_uuid,
	       expires_at = excluded.expires_at, created_at = excluded.created_at
	 where idempotency_keys.created_at <= now() - interval '24 hours'
	returning activity_uuid
), added as (
	insert into reports (uuid, reporter_uuid, reported_uuid, kind, thing, activity_uuid,
	                     message_group_uuid, message_uuid, reason, note)
	select uuid, $1, $4, $3::text, $2, $5, $6::uuid, $7::uuid, $8::text, $9::text
	  from draft
	 where number = 0
	   and ($11 is null or exists (select from claimed))
	    on conflict (reporter_uuid, thing) do nothing
	returning uuid
), copied as (
	insert into report_copies (report_uuid, place, uuid, user_uuid, message, created_at)
	select added.uuid, 0, crud.uuid, crud.user_uuid, crud.message, crud.created_at
	  from added, crud
	 union all
	select added.uuid, copy.place, copy.uuid, copy.user_uuid, copy.message, copy.created_at
	  from added,
	       jsonb_to_recordset($10::jsonb) as copy (place smallint, uuid uuid, user_uuid uuid, message text,
	                                               created_at timestamptz)
)
select (select count(*) from people) as people, (select count(*) from draft) as found,
       (select count(*) from added) as added,
       case when (select count(*) from added) > 0 then quota_take($1, 'reports', 1, $13::int) end as rest
-- example: :person, 'crud:x', 'crud', '00000000-0000-4000-8000-000000000002', :crud, null, null, 'spam', null, null, 'key', 'request', 30
