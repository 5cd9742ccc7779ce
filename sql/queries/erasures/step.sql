-- The next step of the erasure of user $1 is $2. Of one that has ended only the user remains.
update erasures
   set step = $2,
       subject = case when $2 = 'done' then null else subject end,
       finished_at = case when $2 = 'done' then now() end
 where user_uuid = $1
-- example: :person, 'rows'
