-- migrate:up

-- The tags of each living crud, from its lexemes for searches (activities.search).
create table crud_tags (
	activity_uuid uuid references activities on delete cascade,
	tag text collate "C",
	user_uuid uuid not null, -- the author of the crud
	primary key (activity_uuid, tag)
);
create index crud_tags_author on crud_tags (user_uuid, tag);

create function activities_add_tags() returns trigger
language plpgsql as $$
begin
	insert into crud_tags (activity_uuid, tag, user_uuid)
	select new.uuid, substr(lexeme, 2), new.user_uuid
	  from unnest(tsvector_to_array(new.search)) as lexeme
	 where lexeme like '#%';
	return null;
end
$$;
create trigger activities_add_tags after insert on activities
	for each row execute function activities_add_tags();
insert into crud_tags (activity_uuid, tag, user_uuid)
select uuid, substr(lexeme, 2), user_uuid
  from activities, unnest(tsvector_to_array(search)) as lexeme
 where lexeme like '#%';

-- The tags that most people use in living cruds, as of the last minute.
create table trends (
	tag text primary key,
	cruds_count integer not null,
	people_count integer not null
);

-- Count them again. Two at once wait for each other; readers see those of before or after.
create function trends_refresh() returns void
language plpgsql as $$
begin
	lock table trends in share row exclusive mode;
	delete from trends;
	insert into trends (tag, cruds_count, people_count)
	select tag, count(*), count(distinct t.user_uuid)
	  from crud_tags t
	  join activities a on a.uuid = t.activity_uuid
	 where a.expires_at > now()
	 group by tag
	having count(distinct t.user_uuid) >= 3
	 order by 3 desc, 2 desc, 1
	 limit 100;
end
$$;

-- migrate:down
drop function trends_refresh;
drop table trends;
drop trigger activities_add_tags on activities;
drop function activities_add_tags;
drop table crud_tags;
