-- migrate:up transaction:false
-- Cruds are written while the index is built. It is the only statement of this file, because several
-- would form a transaction.
create index concurrently activities_search_dated on activities
	using gin (search_dated(search, created_at, uuid)) with (fastupdate = off);

-- migrate:down transaction:false
drop index concurrently activities_search_dated;
