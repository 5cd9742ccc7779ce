-- Count the tags that most people use again.
values (trends_refresh())
-- example:
