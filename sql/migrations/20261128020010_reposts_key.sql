-- migrate:up transaction:false
create unique index concurrently reposts_key on reposts (activity_uuid, user_uuid) include (created_at);

-- migrate:down transaction:false
drop index concurrently if exists reposts_key;
