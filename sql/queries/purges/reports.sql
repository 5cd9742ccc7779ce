-- Erase the copies and notes of at most $1 reports that were resolved 90 days ago.
with due as (
	select uuid
	  from reports
	 where resolved_at <= now() - interval '90 days'
	   and purged_at is null
	 order by resolved_at
	 limit $1::int
	   for update skip locked
), copies as (
	delete from report_copies
	 where report_uuid in (select uuid from due)
)
update reports
   set note = null, action_note = null, purged_at = now()
 where uuid in (select uuid from due)
-- example: 100
