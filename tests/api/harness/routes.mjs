// routes.mjs - every route with a path that matches it, for what must hold on all of them.
const GROUP = '5ae290ed-55d1-47a0-bc6d-fe2bc2700399'; // the seeded conversation
const NOBODY = '00000000-0000-4000-8000-000000000000';

const CRUD = 'c0ffee00-0000-4000-8000-000000000001'; // a seeded crud of andrewbrown

export const SEEDED_GROUP = GROUP;
export const SEEDED_CRUD = CRUD;
export const UNUSED_UUID = NOBODY;

// auth: whether a token is needed; 'optional': it may be missing, but not be wrong.
export const ROUTES = [
  { path: '/api/health-check', methods: ['GET', 'HEAD'], auth: false },
  { path: '/api/ready', methods: ['GET', 'HEAD'], auth: false },
  { path: '/api/message_groups', methods: ['GET', 'HEAD'], auth: true },
  { path: '/api/message_groups/@bayko', methods: ['GET', 'HEAD'], auth: true },
  { path: `/api/message_groups/${GROUP}/read`, methods: ['PUT'], auth: true },
  { path: `/api/messages/${GROUP}`, methods: ['GET', 'HEAD'], auth: true },
  { path: '/api/messages', methods: ['POST'], auth: true },
  { path: `/api/messages/${GROUP}/${NOBODY}`, methods: ['DELETE'], auth: true },
  { path: '/api/users/@bayko/short', methods: ['GET', 'HEAD'], auth: false },
  { path: '/api/users/me', methods: ['GET', 'HEAD'], auth: true },
  { path: '/api/profile/update', methods: ['PUT', 'POST'], auth: true },
  { path: '/api/activities', methods: ['POST'], auth: true },
  { path: '/api/activities/home', methods: ['GET', 'HEAD'], auth: 'optional' },
  { path: '/api/activities/search?term=hello', methods: ['GET', 'HEAD'], auth: 'optional' },
  { path: '/api/activities/notifications', methods: ['GET', 'HEAD'], auth: true },
  { path: '/api/activities/notifications/read', methods: ['PUT'], auth: true },
  { path: '/api/activities/@bayko', methods: ['GET', 'HEAD'], auth: 'optional' },
  {
    path: `/api/activities/@andrewbrown/status/${CRUD}`,
    methods: ['GET', 'HEAD'],
    auth: 'optional',
  },
  { path: `/api/activities/${CRUD}`, methods: ['GET', 'HEAD', 'DELETE'], auth: 'optional' },
  { path: `/api/activities/${CRUD}/reply`, methods: ['POST'], auth: true },
  { path: `/api/activities/${CRUD}/like`, methods: ['PUT', 'DELETE'], auth: true },
  { path: `/api/activities/${CRUD}/repost`, methods: ['PUT', 'DELETE'], auth: true },
];

export const READABLE = ROUTES.filter(({ methods }) => methods.includes('GET'));
export const PERSONAL = ROUTES.filter(({ auth }) => auth === true);
