-- migrate:up transaction:false
create index concurrently activities_sample on activities (created_at desc)
	where uuid < '04000000-0000-0000-0000-000000000000';

-- migrate:down transaction:false
drop index concurrently activities_sample;
