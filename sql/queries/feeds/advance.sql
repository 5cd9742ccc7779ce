-- Note the oldest entries of feeds that are in no span yet, a few thousand at most; tells whether there may be
-- more.
values (feed_advance())
-- example:
