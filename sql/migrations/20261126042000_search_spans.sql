-- migrate:up

-- The lexemes of a crud, and for each span of time in which it was written one such as at:12:430000.
-- Spans are 2^10, 2^11, … 2^20 seconds long (17 minutes to 12 days) and numbered from 1970 on. One crud
-- in 1,024, as uuids are random, also has at:stop. No text has such lexemes.
create function search_dated(search tsvector, created_at timestamptz, uuid uuid) returns tsvector
language plpgsql immutable parallel safe
as $$
declare
	seconds constant bigint := floor(extract(epoch from created_at - timestamptz 'epoch'));
	spans text[];
begin
	for length in 10..20 loop
		spans[length] := concat('at:', length, ':', seconds >> length);
	end loop;
	if uuid < '00400000-0000-0000-0000-000000000000' then
		spans := spans || 'at:stop'::text;
	end if;
	return search || array_to_tsvector(spans);
end
$$;

-- The spans of one length that contain a period, at most seven if it is shorter than a month, and
-- where the first of them starts.
create function search_spans(since timestamptz, until timestamptz, out start timestamptz, out spans tsquery)
language plpgsql immutable parallel safe
as $$
declare
	earliest constant bigint := floor(extract(epoch from since - timestamptz 'epoch'));
	latest constant bigint := floor(extract(epoch from until - timestamptz 'epoch'));
	length integer := 10;
begin
	while length < 20 and (latest >> length) - (earliest >> length) > 6 loop
		length := length + 1;
	end loop;
	start := timestamptz 'epoch' + (earliest >> length << length) * interval '1 second';
	spans := (select string_agg(format('''at:%s:%s''', length, number), '|')
	            from generate_series(earliest >> length, latest >> length) as number);
end
$$;

-- About when the newest `cruds` cruds before `until` began to be written; null if there are fewer. Two
-- samples tell: one crud in 64 and one in 4,096, because uuids are random.
create function search_since(until timestamptz, cruds double precision) returns timestamptz
language plpgsql stable parallel safe
as $$
begin
	if cruds < 65536 then
		return (select created_at
		          from activities
		         where uuid < '04000000-0000-0000-0000-000000000000'
		           and created_at <= until
		         order by created_at desc
		        offset (cruds / 64)::integer
		         limit 1);
	end if;
	return (select created_at
	          from activities
	         where uuid < '00100000-0000-0000-0000-000000000000'
	           and created_at <= until
	         order by created_at desc
	        offset (cruds / 4096)::integer
	         limit 1);
end
$$;

-- The share of the cruds, at most, that the index has to look at to find the matches of a query: of
-- lexemes that must all be there the share of the least frequent one, of alternatives the sum. ANALYZE
-- found the shares of frequent lexemes; the others have less than the last of those. 1 if it never ran.
create function search_share(query tsquery) returns real
language plpgsql stable parallel safe
as $$
declare
	lexemes text[];
	shares real[];
begin
	select most_common_elems::text::text[], most_common_elem_freqs
	  into lexemes, shares
	  from pg_stats
	 where schemaname = current_schema()
	   and tablename = 'activities'
	   and attname = 'search';
	if lexemes is null then
		return 1;
	end if;
	-- A person is two alternatives in parentheses.
	return (
		select least(1, coalesce(sum(share), 1))
		  from (select min((select sum(shares[coalesce(array_position(lexemes, lexeme),
		                                               cardinality(lexemes) + 1)])
		                      from unnest(string_to_array(btrim(needed[1], ''''), '''+''')) as lexeme)) as share
		          from regexp_split_to_table(
		                   regexp_replace(querytree(query), '\( (\S+) \| (\S+) \)', '\1+\2', 'g'),
		                   ' \| ') with ordinality as alternatives (alternative, number)
		         cross join regexp_matches(alternative, '''\S+''', 'g') as needed
		         group by number) as each);
end
$$;

-- The newest 200 matches of a query that were written until `until`, with their ranks. They are
-- looked up in slices of time, from the newest on; one is as long as 200 matches need, if the query
-- matches all cruds that have its least frequent word. The search ends when the index has looked at
-- about 3,000 of those, or has read 1,000, as it must for a phrase; or at `slack` times as many.
--
-- Of two conditions the index finds the next crud that fulfils one, then the next from there on that
-- fulfils the other. Words that never meet would take it through all cruds after the slice, so the second
-- condition is also fulfilled by each crud with at:stop, in the slice or not.
create function search_matches(query tsquery, until timestamptz, slack real)
returns table (uuid uuid, created_at timestamptz, rank real)
language plpgsql stable strict rows 20
-- One plan for all words: that with the index.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
	exact constant boolean := query::text !~ '<';
	share constant real := search_share(query);
	-- Without the places of words. All matches match it too.
	words constant tsquery := case when exact then query
		else regexp_replace(querytree(query), '<[^>]+>', '&', 'g')::tsquery end;
	-- Of a rare word the index reads all, which is less than all cruds with at:stop.
	indexed constant tsquery := case when share > 0.01 then words || $q$'at:stop'$q$ else words end;
	most constant double precision := slack * case when exact then 3000 else 1000 end / share;
	oldest constant timestamptz := until - interval '31 days'; -- longer than a crud lives
	-- At most 1,500 cruds with the word are looked up at once.
	cruds double precision := case when search_since(until, 1500 / share) is null then 1500 else 220 end / share;
	before timestamptz := until + interval '1 microsecond';
	since timestamptz;
	slice tsquery;
	wanted integer := 200;
	returned integer;
begin
	loop
		since := search_since(until, cruds);
		if since is null then
			since := oldest;
			slice := words; -- all cruds
		else
			-- The slice before may reach further back than `cruds`, as it consists of whole spans.
			select start, spans into since, slice
			  from search_spans(least(since, before - interval '1 microsecond'), before);
		end if;
		return query
			select uuid, created_at, ts_rank(search, query)
			  from (select uuid, created_at, search
			          from (select uuid, created_at, expires_at, search
			                  from activities
			                 where search_dated(search, created_at, uuid) @@ slice
			                   and search_dated(search, created_at, uuid) @@ indexed
			                offset 0) as found -- or the limit would choose a walk through all
			         where created_at >= since
			           and created_at < before
			           and expires_at > now()
			           and (exact and uuid >= '00400000-0000-0000-0000-000000000000' or search @@ query)
			         order by created_at desc, uuid desc
			         limit wanted) as newest;
		get diagnostics returned = row_count;
		wanted := wanted - returned;
		exit when wanted = 0 or cruds >= most or since <= oldest;
		cruds := least(most, cruds * greatest(1.3, 240.0 / (201 - wanted)));
		before := since;
	end loop;
end
$$;

-- migrate:down
drop function search_matches, search_share, search_since;
drop function search_spans;
drop function search_dated;
