-- The people of a local run. Their accounts are in the local Cognito under the same subjects
-- (bin/local). Running this again changes nothing.
insert into users (uuid, cognito_user_id, handle, display_name, email, bio)
values
	('0a5f2b1c-6d3e-4f7a-8b9c-1d2e3f4a5b61', 'c0a80101-0001-4000-8000-000000000001',
	 'andrewbrown', 'Andrew Brown', 'andrewbrown@cruddur.example', 'I build clouds and watch space operas.'),
	('1b6a3c2d-7e4f-4a8b-9cad-2e3f4a5b6c72', 'c0a80101-0002-4000-8000-000000000002',
	 'bayko', 'Andrew Bayko', 'bayko@cruddur.example', 'Here for the science, staying for the fiction.'),
	('2c7b4d3e-8f5a-4b9c-adbe-3f4a5b6c7d83', 'c0a80101-0003-4000-8000-000000000003',
	 'londo', 'Londo Mollari', 'londo@cruddur.example', 'Ambassador, patriot, and a modest winner at cards.'),
	('3d8c5e4f-9a6b-4cad-becf-4a5b6c7d8e94', 'c0a80101-0004-4000-8000-000000000004',
	 'altbrown', 'Alt Brown', 'altbrown@cruddur.example', null)
on conflict do nothing;
