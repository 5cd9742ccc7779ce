-- Set who may write first to user $1, $2, read receipts, $3, and of whom the user wants notifications of
-- replies, $4, mentions, $5, likes, $6, reposts, $7, and follows, $8; null leaves a setting as it is.
-- Returns the columns of settings.sql.
update users
   set messages_from = coalesce($2, messages_from),
       read_receipts = coalesce($3::boolean, read_receipts),
       notify_replies = coalesce($4, notify_replies),
       notify_mentions = coalesce($5, notify_mentions),
       notify_likes = coalesce($6, notify_likes),
       notify_reposts = coalesce($7, notify_reposts),
       notify_follows = coalesce($8, notify_follows)
 where uuid = $1
returning messages_from, read_receipts, notify_replies, notify_mentions, notify_likes, notify_reposts,
          notify_follows
-- example: :person, 'requests', null, null, 'following', 'nobody', null, null
