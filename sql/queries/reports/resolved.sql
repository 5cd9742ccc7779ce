-- Resolved reports, the latest first, below position ($2, $3), at most $4, for moderator $1, who does not
-- see those about themselves; a row for each copy of a report. The look at all but the $4th is in the audit.
with page as materialized (
	select uuid, row_number() over (order by resolved_at desc, uuid desc) as number
	  from (select uuid, resolved_at
	          from (select uuid, resolved_at
	                  from reports
	                 where resolved_at is not null
	                   and reported_uuid is distinct from $1::uuid
	                   and (resolved_at, uuid) < ($2::timestamptz, $3::uuid)
	                 order by resolved_at desc, uuid desc
	                 limit 101) as latest
	         order by resolved_at desc, uuid desc
	         limit $4::int) as listed
), looked as (
	insert into moderation_audit (moderator_uuid, action, report_uuids)
	select $1, 'look', coalesce(array_agg(uuid order by number) filter (where number < $4), '{}')
	  from page
)
select r.uuid, r.created_at, r.kind, r.reason, r.note, r.message_group_uuid, r.resolved_at, r.action,
       r.action_note, r.about_uuid, r.about_message_uuid, r.reporter_uuid, r.reporter_handle,
       r.reporter_display_name, r.reported_uuid, r.reported_handle, r.reported_display_name, r.resolver_uuid,
       r.resolver_handle, r.resolver_display_name, r.place, r.text_uuid, r.text_handle, r.text_display_name,
       r.text, r.text_created_at
  from page
  join report_rows r on r.uuid = page.uuid
 order by page.number, r.place desc
-- example: :person, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 21
