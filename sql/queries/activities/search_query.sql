-- What the search term $1 asks for, as a tsquery: its words, quotes and operators as
-- websearch_to_tsquery reads them, and every #tag and @handle in it, the latter meaning that person
-- as the author or as somebody mentioned.
--
-- The second column: from its sixth time on a prepared search might be planned for any words. It
-- must be planned for its own: a rare word is looked up in the index, but of a frequent one the
-- newest cruds are walked through.
select websearch_to_tsquery('simple', regexp_replace($1, activity_mark_pattern(), ' ', 'g'))
       && coalesce(string_agg(
               '(' || quote_literal(mark) || coalesce('|' || quote_literal('by:' || u.uuid), '') || ')',
               '&')::tsquery, ''),
       set_config('plan_cache_mode', 'force_custom_plan', false)
  from unnest(activity_marks($1)) as mark
  left join users u on mark like '@%' and lower(u.handle) = substr(mark, 2)
