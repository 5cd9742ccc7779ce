-- Pass the payload $1 on to the live_hub of every other machine (common/live/bus.h).
select pg_notify('cruddur_live', $1)
-- example: '0000000000000000 0 h '
