-- Begin at most 1000 erasures again that ended before $1, because a backup has brought something back.
update erasures
   set step = 'messages', finished_at = null
 where user_uuid = any (array(select user_uuid
                                from erasures
                               where finished_at < $1::timestamptz
                               order by user_uuid
                               limit 1000))
-- example: now()
