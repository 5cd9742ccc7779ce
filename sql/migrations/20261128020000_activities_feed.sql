-- migrate:up transaction:false
create index concurrently activities_feed on activities (created_at desc, uuid desc) include (expires_at, user_uuid)
	where not is_reply;

-- migrate:down transaction:false
drop index concurrently activities_feed;
