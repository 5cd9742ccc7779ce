-- The settings of user $1.
select messages_from, read_receipts, notify_replies, notify_mentions, notify_likes, notify_reposts,
       notify_follows
  from users
 where uuid = $1
-- example: :person
