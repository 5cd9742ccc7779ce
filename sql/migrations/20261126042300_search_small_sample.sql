-- migrate:up transaction:false
create index concurrently activities_small_sample on activities (created_at desc)
	where uuid < '00100000-0000-0000-0000-000000000000';

-- migrate:down transaction:false
drop index concurrently activities_small_sample;
