-- Take one use of quota $2 from user $1, who has $3 in 24 hours. Returns the rest; raises QUOTA.
values (quota_take($1::uuid, $2::text, 1, $3::int))
-- example: :person, 'new_people', 50
