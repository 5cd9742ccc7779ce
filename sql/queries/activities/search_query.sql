-- The search term $1 as a tsquery: its words, quotes and operators as websearch_to_tsquery reads
-- them, and each #tag and @handle in it. @handle matches that person as the author or as somebody
-- mentioned.
--
-- The second column disables generic plans, which PostgreSQL would use from the sixth execution on.
-- Each search must be planned for its own words: a rare word is looked up in the index, for a
-- frequent word the newest cruds are scanned.
select websearch_to_tsquery('simple', regexp_replace($1, activity_mark_pattern(), ' ', 'g'))
       && coalesce(string_agg(
               '(' || quote_literal(mark) || coalesce('|' || quote_literal('by:' || u.uuid), '') || ')',
               '&')::tsquery, ''),
       set_config('plan_cache_mode', 'force_custom_plan', false)
  from unnest(activity_marks($1)) as mark
  left join users u on mark like '@%' and lower(u.handle) = substr(mark, 2)
-- example: 'w1 #t5 @person_1'
