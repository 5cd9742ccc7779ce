-- migrate:up

-- The look of a handle: two handles with one skeleton cannot be told apart at a glance.
create function handle_skeleton(handle text) returns text
language sql immutable parallel safe
return lower(translate(handle, 'I1O05_', 'lloos'));

-- The skeletons of all handles. Nobody can register a handle whose skeleton is here. Handles that are
-- older than this table may share one.
create table handle_skeletons (
	skeleton text primary key,
	people integer not null default 1 check (people > 0)
);

-- A trigger, so that rows of every origin are in the table: registrations of older workers, seeds.
create function users_keep_skeleton() returns trigger
language plpgsql as $$
begin
	if tg_op <> 'INSERT' then
		delete from handle_skeletons
		 where skeleton = handle_skeleton(old.handle) and people = 1;
		if not found then
			update handle_skeletons set people = people - 1
			 where skeleton = handle_skeleton(old.handle);
		end if;
	end if;
	if tg_op <> 'DELETE' then
		insert into handle_skeletons (skeleton) values (handle_skeleton(new.handle));
	end if;
	return null;
end
$$;
create trigger users_skeleton after insert or delete on users
	for each row execute function users_keep_skeleton();
create trigger users_skeleton_changed after update of handle on users
	for each row when (old.handle <> new.handle)
	execute function users_keep_skeleton();
insert into handle_skeletons (skeleton, people)
select handle_skeleton(handle), count(*)
  from users
 group by 1;

-- migrate:down
drop trigger users_skeleton on users;
drop trigger users_skeleton_changed on users;
drop function users_keep_skeleton;
drop table handle_skeletons;
drop function handle_skeleton;
