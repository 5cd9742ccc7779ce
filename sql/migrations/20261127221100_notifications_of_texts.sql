-- migrate:up transaction:false
-- Notifications are written while the index is built.
create index concurrently notifications_of_texts on notifications (user_uuid, created_at desc, uuid desc)
	include (expires_at) where kind in ('reply', 'mention');

-- migrate:down transaction:false
drop index concurrently notifications_of_texts;
