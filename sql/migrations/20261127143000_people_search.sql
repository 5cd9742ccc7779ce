-- migrate:up

-- People as others see them: a suspended person is not there.
create view people as
select u.uuid, u.handle, u.display_name, u.bio,
       (select count(*)
          from activities
         where user_uuid = u.uuid
           and not is_reply
           and expires_at > now()) as cruds_count,
       coalesce(counts.followers, 0) as followers_count,
       coalesce(counts.following, 0) as following_count
  from users u
  left join follow_counts counts on counts.user_uuid = u.uuid
 where u.suspended_at is null;

-- The relation between `me` and a person, as `me` sees it.
create function relation_of(me uuid, person uuid)
returns table (following boolean, followed_by boolean, blocking boolean, muting boolean)
language sql stable as $$
select (select count(*) > 0 from follows where user_uuid = me and followed_uuid = person),
       (select count(*) > 0 from follows where user_uuid = person and followed_uuid = me),
       (select count(*) > 0 from barriers
         where user_uuid = me and other_uuid = person and blocks_since is not null),
       (select count(*) > 0 from barriers
         where user_uuid = me and other_uuid = person and mutes_since is not null)
$$;

-- The words by which a person is found: the handle, and those of the name. Compared by bytes, so that the
-- words that begin with a text are a range of the index.
create table person_words (
	user_uuid uuid references users on delete cascade,
	word text collate "C",
	primary key (user_uuid, word)
);
create index person_words_word on person_words (word, user_uuid);

create function users_find_words() returns trigger
language plpgsql as $$
begin
	delete from person_words where user_uuid = new.uuid;
	insert into person_words (user_uuid, word)
	select distinct new.uuid, word
	  from unnest(tsvector_to_array(search_lexemes(new.display_name)) || lower(new.handle)) as word;
	return null;
end
$$;
create trigger users_find_words after insert or update of handle, display_name on users
	for each row execute function users_find_words();
insert into person_words (user_uuid, word)
select distinct uuid, word
  from users, unnest(tsvector_to_array(search_lexemes(display_name)) || lower(handle)) as word;

-- The people who are followed by most come first in lists.
create index follow_counts_followers on follow_counts (followers desc, user_uuid desc);

-- The people with a handle, or with words in their names, that begin with the words of the term, and who
-- are not hidden from `me`. rank: 2 when `me` follows them, and 1 more when the term is the handle. When very many
-- words begin so, it looks at the first of these words, at the people whom `me` has followed last, and
-- at those whom most people follow.
create function people_found(me uuid, term text)
returns table (person uuid, rank integer, followers integer)
language plpgsql stable rows 100 as $$
declare
	few constant integer := 500;
	words constant text[] := case when term ~ '^@?[A-Za-z0-9_]+$'
	                              then array[lower(ltrim(term, '@'))]
	                              else tsvector_to_array(search_lexemes(term))
	                          end;
	-- the longest word, and the end of the range of those that begin with it
	first_word constant text := (select word from unnest(words) as word order by length(word) desc limit 1);
	last_word constant text := first_word || chr(1114111);
	found_people uuid[];
begin
	found_people := array(select user_uuid
	                        from person_words
	                       where word >= first_word and word < last_word
	                       order by word
	                       limit few);
	if cardinality(found_people) = few then
		found_people := found_people
			|| array(select followed_uuid
			           from (select followed_uuid
			                   from follows
			                  where user_uuid = me
			                  order by created_at desc, followed_uuid desc
			                  limit few) as latest
			          where (select count(*) > 0 from person_words
			                  where user_uuid = followed_uuid and word >= first_word and word < last_word))
			|| array(select user_uuid
			           from (select user_uuid
			                   from follow_counts
			                  order by follow_counts.followers desc, user_uuid desc
			                  limit few) as most
			          where (select count(*) > 0 from person_words p
			                  where p.user_uuid = most.user_uuid
			                    and word >= first_word and word < last_word));
	end if;
	return query
	select u.uuid,
	       (select 2 * count(*) from follows where user_uuid = me and followed_uuid = u.uuid)::integer
	       + (lower(u.handle) = words[1])::integer,
	       coalesce(counts.followers, 0)
	  from (select distinct one.uuid from unnest(found_people) as one (uuid)) as candidates
	  join users u on u.uuid = candidates.uuid
	  left join follow_counts counts on counts.user_uuid = u.uuid
	 where u.suspended_at is null
	   and (select count(*) = 0 from barriers
	         where user_uuid = me and other_uuid = u.uuid and closed)
	   and (cardinality(words) = 1
	        or not exists (select
	                         from unnest(words) as wanted
	                        where not exists (select
	                                            from person_words p
	                                           where p.user_uuid = u.uuid
	                                             and starts_with(p.word, wanted))));
end
$$;

-- migrate:down
drop function people_found;
drop index follow_counts_followers;
drop trigger users_find_words on users;
drop function users_find_words;
drop table person_words;
drop function relation_of;
drop view people;
