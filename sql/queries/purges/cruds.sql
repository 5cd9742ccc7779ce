-- Delete at most $1 expired cruds, with all that belongs to them. Replies expire with their crud and are
-- deleted by its cascade: the crud is locked first.
delete from activities
 where uuid = any (array(select uuid
                           from activities
                          where expires_at <= now()
                            and not is_reply
                            and (held_until <= now() or held_until is null)
                          order by expires_at
                          limit $1::int
                            for update skip locked))
-- example: 100
