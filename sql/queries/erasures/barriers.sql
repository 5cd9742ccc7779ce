-- People, after the uuid $2, with whom user $1 has a block or a mute, in either direction.
select other_uuid
  from barriers
 where user_uuid = $1
   and other_uuid > $2
 order by other_uuid
 limit 100
-- example: :person, '00000000-0000-0000-0000-000000000000'
