-- Report $1 is not reserved any longer: the message could not be removed.
update reports
   set claimed_until = null
 where uuid = $1
   and resolved_at is null
-- example: '00000000-0000-4000-8000-000000000002'
