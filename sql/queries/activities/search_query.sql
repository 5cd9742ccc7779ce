-- The search term $1 as a tsquery (search_query), null when nothing can match it. Then whether many
-- cruds match, as the planner expects, and whether far more do, so that a later page can keep the
-- choice of the first one while estimates change a little.
--
-- The last column disables generic plans, which PostgreSQL would use from the sixth execution on.
-- Each search must be planned for its own words.
select query, estimate > 5000, estimate > 10000,
       set_config('plan_cache_mode', 'force_custom_plan', false)
  from search_query($1) as query
  cross join search_estimate(query) as estimate
-- example: 'w1 #t5 @person_1'
