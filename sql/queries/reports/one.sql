-- Report $2 for moderator $1, unless it is about $1; a row for each copy.
select r.uuid, r.created_at, r.kind, r.reason, r.note, r.message_group_uuid, r.resolved_at, r.action,
       r.action_note, r.about_uuid, r.about_message_uuid, r.reporter_uuid, r.reporter_handle,
       r.reporter_display_name, r.reported_uuid, r.reported_handle, r.reported_display_name, r.resolver_uuid,
       r.resolver_handle, r.resolver_display_name, r.place, r.text_uuid, r.text_handle, r.text_display_name,
       r.text, r.text_created_at
  from report_rows r
 where r.uuid = $2::uuid
   and r.about_uuid is distinct from $1::uuid
 order by r.place desc
-- example: :person, '00000000-0000-4000-8000-000000000002'
