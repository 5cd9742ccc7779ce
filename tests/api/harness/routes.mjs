// routes.mjs - every route with a path that matches it, for what must hold on all of them.
const GROUP = '5ae290ed-55d1-47a0-bc6d-fe2bc2700399'; // the seeded conversation
const NOBODY = '00000000-0000-4000-8000-000000000000';

export const SEEDED_GROUP = GROUP;
export const UNUSED_UUID = NOBODY;

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
];

export const READABLE = ROUTES.filter(({ methods }) => methods.includes('GET'));
export const PERSONAL = ROUTES.filter(({ auth }) => auth);
